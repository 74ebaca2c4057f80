import type { CallableTool } from '../../../lambdas/hub/calls/find-tool.ts';
import type { ServerTasks } from '../../../lambdas/hub/calls/server-tasks.ts';
import { HubError } from '../../../lambdas/hub/hub-error.ts';
import { createCancelJob } from '../../../lambdas/hub/jobs/cancel-job.ts';
import { createFailPoisoned } from '../../../lambdas/hub/jobs/fail-poisoned.ts';
import type { Job } from '../../../lambdas/hub/jobs/job.ts';
import { createJobId } from '../../../lambdas/hub/jobs/job-id.ts';
import type { JobQueue } from '../../../lambdas/hub/jobs/job-queue.ts';
import type { JobResults } from '../../../lambdas/hub/jobs/job-results.ts';
import { createReadJob } from '../../../lambdas/hub/jobs/read-job.ts';
import { createRunJob } from '../../../lambdas/hub/jobs/run-job.ts';
import { createSubmitJob } from '../../../lambdas/hub/jobs/submit-job.ts';
import { createSweepJobs } from '../../../lambdas/hub/jobs/sweep-jobs.ts';
import type { JsonObject } from '../../../lambdas/hub/json.ts';
import { tenantIdSchema } from '../../../lambdas/hub/principal.ts';
import type { CallAnswer, UpstreamContext } from '../../../lambdas/hub/upstreams/upstream.ts';
import { createChance } from './chance.ts';
import { inMemoryJobStore } from './in-memory-job-store.ts';
import { inMemoryResults, simulatedCallable } from './simulated-hub.ts';
import { createVirtualTime } from './virtual-time.ts';

export const PRINCIPAL = { tenantId: tenantIdSchema.parse('acme'), subject: 'ann' };

export interface BenchOptions {
  /** What the server does. */
  readonly call?: (args: JsonObject, context: UpstreamContext) => Promise<CallAnswer>;
  /** Its tasks, where it has some. */
  readonly serverTasks?: Partial<ServerTasks>;
  readonly findTool?: () => Promise<CallableTool>;
  readonly isRepeatable?: () => boolean;
  readonly isQueueDown?: () => boolean;
  /** How long storing a large result takes. */
  readonly storingMs?: number;
}

/** The use cases of jobs around one server, in a time that the test lets pass. */
export function jobBench({
  call = answer,
  serverTasks = {},
  findTool,
  isRepeatable = () => false,
  isQueueDown,
  storingMs = 0,
}: BenchOptions = {}) {
  const chance = createChance(1);
  const time = createVirtualTime(1_800_000_000_000, chance);
  const store = inMemoryJobStore({ now: time.now, retentionMs: 60_000 });
  const kept = inMemoryResults();
  const results: JobResults = {
    ...kept,
    async put(...given) {
      if (storingMs > 0) await time.pause(storingMs);
      return kept.put(...given);
    },
  };
  const messages: { readonly jobId: string; readonly delaySeconds: number }[] = [];
  const queue: JobQueue = {
    async send({ jobId }, delaySeconds = 0) {
      if (isQueueDown?.() === true) throw new HubError('unavailable', 'down');
      messages.push({ jobId, delaySeconds });
    },
  };
  const context = { store, queue, results, now: time.now, random: () => 0.5 };
  const submit = createSubmitJob({
    ...context,
    pause: time.pause,
    newJobId: () => createJobId(time.now(), chance.bytes),
  });
  const runJob = createRunJob({
    ...context,
    findTool: findTool ?? (() => simulatedCallable(PRINCIPAL.tenantId, 'srv_unsafe')),
    callTool: (_callable, args, upstreamContext) => call(args, upstreamContext),
    serverTasks: { get: noTasks, cancel: noTasks, ...serverTasks },
    report: () => undefined,
    isRepeatable,
    newOwner: () => `${chance.next()}`,
    pause: (milliseconds, signal) =>
      Promise.race([
        time.pause(milliseconds),
        new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve())),
      ]),
  });
  const pass = (milliseconds: number) => time.run(time.now() + milliseconds, () => false);

  return {
    store,
    results,
    messages,
    now: time.now,
    /** Lets so much time pass, and what waits for it happen. */
    pass: async (milliseconds: number) => {
      time.schedule(milliseconds, () => undefined);
      await pass(milliseconds);
    },
    submit: (args: JsonObject = {}, idempotencyKey?: string, refusal?: HubError) =>
      submit(PRINCIPAL, {
        tool: 'srv_unsafe',
        arguments: args,
        via: ['hub-0'],
        trace: undefined,
        idempotencyKey,
        refusal,
      }),
    run: ({ jobId }: Job, signal = new AbortController().signal) =>
      runJob({ tenantId: PRINCIPAL.tenantId, jobId }, { at: time.now() + 3_600_000, signal }),
    cancel: ({ jobId }: Job) => createCancelJob(context)(PRINCIPAL.tenantId, jobId),
    read: ({ jobId }: Job) => createReadJob(context)(PRINCIPAL.tenantId, jobId),
    poison: ({ jobId }: Job, error: unknown = new TypeError('defect')) =>
      createFailPoisoned({ ...context, pause: time.pause })({ tenantId: PRINCIPAL.tenantId, jobId }, error),
    sweep: (at = Infinity) => createSweepJobs(context)({ at }),
  };
}

const noTasks = (): never => {
  throw new Error('this server has no tasks');
};
const answer = async (): Promise<CallAnswer> => ({ kind: 'complete', result: { content: [] } });
