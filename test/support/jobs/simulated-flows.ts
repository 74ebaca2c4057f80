import { HubError } from '../../../lambdas/hub/hub-error.ts';
import type { JobId } from '../../../lambdas/hub/jobs/job-id.ts';
import type { JobMessage } from '../../../lambdas/hub/jobs/run-job.ts';
import { type TenantId, tenantIdSchema } from '../../../lambdas/hub/principal.ts';
import { BUSY_TOOL, type JobWitness, POISON_TOOL } from './job-witness.ts';
import { createEnvironment, type World } from './simulated-environment.ts';
import { Poison, simulatedHub, type SimulatedPorts, TENANTS, TOOLS } from './simulated-hub.ts';

export interface Stage {
  readonly world: World;
  readonly ports: SimulatedPorts;
  readonly witness: JobWitness;
}

type Hub = ReturnType<typeof simulatedHub>;

const WORKER_MS = 120_000;
const LARGE = 310 * 1024;

/** Something done in a process of its own; undefined when it failed or the process died. */
async function inProcess<T>(
  { world, ports, witness }: Stage,
  act: (hub: Hub, now: number) => Promise<T>,
  limitMs = 60_000,
) {
  const environment = createEnvironment(world);
  const act1 = act(simulatedHub(world, environment, ports), environment.now());
  world.time.schedule(limitMs, environment.kill);
  const answer = act1.then(
    (value) => ({ value }),
    (error: unknown) => {
      if (!(error instanceof HubError || error instanceof Poison)) witness.report(`defect: ${String(error)}`);
      return { error };
    },
  );
  return Promise.race([answer, environment.death.then(() => ({ error: 'killed' as const }))]);
}

/** A worker takes a message; answers whether it is done with it. */
export async function work(stage: Stage, message: JobMessage, isLast: boolean): Promise<boolean> {
  const { time } = stage.world;
  const abort = new AbortController();
  time.schedule(WORKER_MS - 10_000, () => abort.abort());
  const run = await inProcess(
    stage,
    async ({ runJob, failPoisoned }, now) => {
      try {
        return await runJob(message, { at: now + WORKER_MS - 10_000, signal: abort.signal });
      } catch (error) {
        if (isLast) await failPoisoned(message, error);
        throw error;
      }
    },
    WORKER_MS,
  );
  return 'value' in run;
}

/** Sweeps come again and again, sometimes two at once, and some have little time. */
export async function sweepAgainAndAgain(stage: Stage): Promise<never> {
  const { time, chance } = stage.world;
  for (;;) {
    await time.pause(chance.between(20_000, 180_000));
    const sweep = () => inProcess(stage, ({ sweepJobs }, now) => sweepJobs({ at: now + chance.between(100, 60_000) }));
    await (chance.happens(0.1) ? Promise.all([sweep(), sweep()]) : sweep());
  }
}

export interface Accepted {
  readonly tenantId: TenantId;
  readonly jobId: JobId;
}

/** Submits a job, again when it hears nothing, and perhaps cancels it. Answers the jobs that were accepted. */
export async function client(stage: Stage, index: number): Promise<readonly Accepted[]> {
  const { world, witness } = stage;
  const { time, chance } = world;
  await time.pause(chance.between(0, 300_000));
  const tenantId = tenantIdSchema.parse(chance.oneOf(TENANTS));
  const tool = chance.happens(0.04) ? chance.oneOf([BUSY_TOOL, POISON_TOOL]) : chance.oneOf(TOOLS);
  const size = chance.happens(0.03) ? LARGE : 0;
  const idempotencyKey = chance.happens(0.7) ? `key-${index}` : undefined;
  const accepted: Accepted[] = [];
  for (let tries = 0; tries < 4; tries += 1) {
    const marker = idempotencyKey ?? `job-${index}.${tries}`;
    const request = {
      arguments: { tenant: tenantId, marker, size },
      via: [],
      trace: undefined,
      refusal: undefined,
      tool,
      idempotencyKey,
    };
    const submitted = await inProcess(stage, ({ submitJob }) => submitJob({ tenantId, subject: 'ann' }, request));
    if ('value' in submitted) accepted.push({ tenantId, jobId: submitted.value.job.jobId });
    if ('value' in submitted && chance.happens(0.7)) break;
    await time.pause(chance.between(0, 20_000));
  }
  const ids = new Set(accepted.map(({ jobId }) => jobId));
  if (idempotencyKey !== undefined && ids.size > 1) witness.report('idempotency: one key stands for two jobs');
  const [job] = accepted;
  if (job !== undefined && chance.happens(0.3)) await cancelLater(stage, job);
  return accepted;
}

async function cancelLater(stage: Stage, { tenantId, jobId }: Accepted): Promise<void> {
  const { time, chance } = stage.world;
  await time.pause(chance.between(0, 120_000));
  await inProcess(stage, ({ cancelJob }) => cancelJob(tenantId, jobId));
}
