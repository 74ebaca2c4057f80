import assert from 'node:assert/strict';
import { isEnded, type Job, type JobStatus, MAX_TRIES } from '../../../lambdas/hub/jobs/job.ts';
import type { JsonObject } from '../../../lambdas/hub/json.ts';
import type { ToolCall } from '../../../lambdas/hub/upstreams/upstream.ts';

/** Sees all that is written and all that takes effect, and knows what must never be. */
export interface JobWitness {
  readonly violations: readonly string[];
  readonly wrote: (before: Job | undefined, after: Job) => void;
  /** Of a call that arrived at a tenant's server; answers what the server answers. */
  readonly tookEffect: (tenantId: string, call: ToolCall) => JsonObject;
  /** How a job ended, with its result. The marker is what its calls are known by. */
  readonly ended: (job: Job, marker: string, result: JsonObject | undefined) => void;
  readonly report: (violation: string) => void;
}

/** Its limit is used up for as long as anybody waits. */
export const BUSY_TOOL = 'srv_busy';
/** No worker can do anything with its jobs. */
export const POISON_TOOL = 'srv_poison';
export const isUnsafe = (tool: string): boolean => !tool.startsWith('safe');

const EDGES: Readonly<Partial<Record<JobStatus, readonly JobStatus[]>>> = {
  queued: ['queued', 'running', 'failed', 'cancelled', 'expired', 'unknown'],
  running: ['running', 'queued', 'succeeded', 'failed', 'cancelled', 'expired', 'unknown'],
};
/** What says of itself that nothing happened. */
const WITHOUT_EFFECT: readonly JobStatus[] = ['failed', 'cancelled', 'expired'];

export function createJobWitness(): JobWitness {
  const violations: string[] = [];
  const effects = new Map<string, JsonObject[]>();
  const sent = new Set<string>();
  const report = (violation: string): void => void (violations.length < 5 && violations.push(violation));

  return {
    violations,
    report,

    wrote(before, after) {
      if (before === undefined) return;
      if (isEnded(before)) report(`one end: a job that was ${before.status} became ${after.status}`);
      else if (EDGES[before.status]?.includes(after.status) !== true) {
        report(`edges: ${before.status} became ${after.status}`);
      }
      if (after.version !== before.version + 1) report('edges: a write was not made from the state before');
      if (after.attempt < before.attempt || after.attempt - after.waits > MAX_TRIES) report('edges: too many attempts');
      if (after.status === 'running' && after.sentAt !== undefined) sent.add(after.jobId);
      if (after.status === 'unknown' && !sent.has(after.jobId)) {
        report('truth: a job whose call was never sent ended unknown');
      }
      if (!isEnded(before) && !isEnded(after) && before.delegated !== undefined) {
        if (before.delegated.taskId !== after.delegated?.taskId) report('edges: a job lost its task');
        if (before.cancelRequestedAt !== undefined && after.cancelRequestedAt === undefined) {
          report('edges: a cancellation was forgotten');
        }
      }
      if (before.status === 'queued' && after.status === 'failed' && after.error?.code !== 'poisoned') {
        report('edges: a job failed that was not started');
      }
      if (!isEnded(before) && before.unanswered) {
        if (isEnded(after) ? WITHOUT_EFFECT.includes(after.status) : !after.unanswered) {
          report(`truth: a call without an answer was forgotten by ${after.status}`);
        }
      }
      if (!isEnded(after) && after.unanswered && isUnsafe(nameOf(after))) {
        report('at most once: an unsafe tool is tried again without an answer');
      }
      if (before.status === 'running' && after.status === 'running') {
        if (before.owner !== after.owner) report('edges: a running job changed hands');
        if (before.delegated !== undefined && before.sentAt !== after.sentAt) report('edges: a task was started again');
        if (before.sentAt !== undefined && before.sentAt !== after.sentAt) report('edges: a job was sent twice');
      }
    },

    tookEffect(tenantId, { name, arguments: args }) {
      const job = String(args['marker']);
      if (args['tenant'] !== tenantId) report(`tenants: the server of ${tenantId} was called for another`);
      const of = effects.get(job) ?? [];
      const answer = { content: [{ type: 'text', text: `${job} ${of.length}${'x'.repeat(Number(args['size']))}` }] };
      effects.set(job, [...of, answer]);
      if (isUnsafe(name) && of.length > 0) report(`at most once: an unsafe tool took effect twice for ${job}`);
      return answer;
    },

    ended(job, marker, result) {
      const own = effects.get(marker) ?? [];
      if (!isEnded(job)) return report(`one end: a job is still ${job.status}`);
      if (job.status === 'succeeded' && !own.some((answer) => isSame(answer, result))) {
        report('truth: a job succeeded with a result that its server did not give');
      }
      if (WITHOUT_EFFECT.includes(job.status) && own.length > 0) {
        report(`truth: a job that took effect ended ${job.status} (${job.error?.code})`);
      }
      if (job.status === 'expired' && job.tool !== BUSY_TOOL) report('progress: a job that could be done expired');
      if (job.tool === POISON_TOOL && job.status !== 'cancelled' && job.error?.code !== 'poisoned') {
        report(`poison: a job that nobody can do ended ${job.status}`);
      }
      const isUsedUp = job.attempt - job.waits >= MAX_TRIES;
      if (job.error?.code === 'worker_lost' && !isUnsafe(nameOf(job)) && !isUsedUp) {
        report('progress: a tool that is safe to repeat was not repeated');
      }
    },
  };
}

function nameOf({ tool }: Job): string {
  return tool.split('_')[1] ?? '';
}

function isSame(one: unknown, other: unknown): boolean {
  try {
    assert.deepEqual(one, other);
    return true;
  } catch {
    return false;
  }
}
