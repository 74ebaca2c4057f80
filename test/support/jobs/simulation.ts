import { isEnded, type JobStatus } from '../../../lambdas/hub/jobs/job.ts';
import { createReadJob } from '../../../lambdas/hub/jobs/read-job.ts';
import { tenantIdSchema } from '../../../lambdas/hub/principal.ts';
import { createChance } from './chance.ts';
import { type InMemoryJobStore, inMemoryJobStore } from './in-memory-job-store.ts';
import { createJobWitness } from './job-witness.ts';
import { type Faults, NO_FAULTS, type World } from './simulated-environment.ts';
import { type Accepted, client, type Stage, sweepAgainAndAgain, work } from './simulated-flows.ts';
import { inMemoryResults, TENANTS } from './simulated-hub.ts';
import { simulatedTasks } from './simulated-tasks.ts';
import { simulatedQueue, type SimulatedQueue } from './simulated-queue.ts';
import { createVirtualTime } from './virtual-time.ts';

export interface SimulationOptions {
  readonly seed: number;
  readonly jobs: number;
  /** Undefined for a world without faults. */
  readonly faults?: Faults;
  /** The one point at which a process dies all the same. */
  readonly killAt?: number;
}

export interface SimulationReport {
  /** What was seen that must never be; empty when all is well. */
  readonly violations: readonly string[];
  readonly statuses: readonly JobStatus[];
  /** Points at which a process could have died. */
  readonly deaths: number;
}

const MINUTE = 60_000;
const CHAOS_MS = 40 * MINUTE;
const CALM_MS = 30 * 60 * MINUTE;
const RETENTION_MS = 7 * 24 * 60 * MINUTE;
/** Messages, timers and stored things that one job accounts for at most. */
const MESSAGES_PER_JOB = 30;
const TIMERS_PER_JOB = 300;
const ITEMS_PER_JOB = 4;

/** Lets a hub live through everything that can go wrong, and then through a calm time in which it has to come to rest. */
export async function simulate({ seed, jobs, faults, killAt }: SimulationOptions): Promise<SimulationReport> {
  const chance = createChance(seed);
  const time = createVirtualTime(1_800_000_000_000, chance);
  const world: World = { time, chance, faults: faults ?? NO_FAULTS, deaths: 0, killAt };
  const witness = createJobWitness();
  const store = inMemoryJobStore({ now: time.now, retentionMs: RETENTION_MS }, witness.wrote);
  let isCalm = false;
  const queue = simulatedQueue(world, (message, isLast) => work(stage, message, isLast));
  const takeEffect = witness.tookEffect;
  const tasks = simulatedTasks(world, takeEffect);
  const ports = { store, queue, results: inMemoryResults(), takeEffect, tasks, isCalm: () => isCalm };
  const stage: Stage = { world, ports, witness };
  const calmDown = () => {
    isCalm = true;
    world.faults = NO_FAULTS;
    queue.calm();
  };

  if (faults === undefined) calmDown();
  const accepted = Promise.all(Array.from({ length: jobs }, (_, index) => client(stage, index)));
  let areSubmitted = false;
  void accepted.then(() => (areSubmitted = true));
  void sweepAgainAndAgain(stage);
  const isBad = () => violatesBounds(stage, store, queue);
  const isAtRest = () => areSubmitted && queue.inFlight() === 0 && [...store.jobs.values()].every(isEnded);

  await time.run(time.now() + CHAOS_MS, () => isBad() || isAtRest());
  calmDown();
  await time.run(time.now() + CALM_MS, () => isBad() || isAtRest());
  if (witness.violations.length === 0) await inspect(stage, store, (await accepted).flat());
  const statuses = [...store.jobs.values()].map(({ status }) => status);
  return { violations: witness.violations, statuses, deaths: world.deaths };
}

/** Also says whether anything was violated before. */
function violatesBounds({ world, witness }: Stage, store: InMemoryJobStore, queue: SimulatedQueue): boolean {
  const jobs = store.jobs.size + 1;
  if (queue.inFlight() > MESSAGES_PER_JOB * jobs) witness.report('memory: messages multiply');
  if (world.time.pending() > TIMERS_PER_JOB * jobs) witness.report('memory: work multiplies');
  if (store.size() > ITEMS_PER_JOB * jobs) witness.report('memory: the store grows');
  return witness.violations.length > 0;
}

/** What every tenant finds when all is over. */
async function inspect(
  { ports, witness }: Stage,
  store: InMemoryJobStore,
  accepted: readonly Accepted[],
): Promise<void> {
  const readJob = createReadJob(ports);
  for (const { tenantId, jobId } of accepted) {
    if ((await store.get(tenantId, jobId)) === undefined) witness.report('one end: an accepted job is gone');
  }
  for (const { tenantId, jobId } of store.jobs.values()) {
    const read = await readJob(tenantId, jobId).catch(() => undefined);
    if (read === undefined) {
      witness.report('truth: what a job ended with cannot be read');
      continue;
    }
    const { job, result } = read;
    const input = await store.readInput(tenantId, jobId);
    if (input?.arguments['tenant'] !== tenantId) witness.report('tenants: a job has the input of another');
    witness.ended(job, String(input?.arguments['marker']), result);
  }
  for (const tenant of TENANTS.map((name) => tenantIdSchema.parse(name))) {
    const { jobs } = await store.list(tenant, { status: undefined, limit: 1_000, after: undefined });
    if (jobs.some(({ tenantId }) => tenantId !== tenant)) witness.report('tenants: a list shows the job of another');
  }
}
