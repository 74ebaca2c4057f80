import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HubError } from '../../../lambdas/hub/hub-error.ts';
import type { RunningJob } from '../../../lambdas/hub/jobs/job.ts';
import { cancelRequested, claimed, created, sent } from '../../../lambdas/hub/jobs/job-edges.ts';
import { afterFailure, failureOf, WORKER_LOST } from '../../../lambdas/hub/jobs/job-failure.ts';
import { createJobId } from '../../../lambdas/hub/jobs/job-id.ts';
import { tenantIdSchema } from '../../../lambdas/hub/principal.ts';

const NOW = 1_800_000_000_000;
const DAY_MS = 24 * 3600_000;

interface State {
  readonly sent?: 'unsafe' | 'repeatable';
  /** An earlier call has no answer. */
  readonly unanswered?: boolean;
  readonly cancelled?: boolean;
  readonly attempt?: number;
  readonly age?: number;
}

function jobIn({ sent: how, unanswered = false, cancelled = false, attempt = 1, age = 0 }: State): RunningJob {
  const jobId = createJobId(NOW, () => new Uint8Array(16));
  const identity = { tenantId: tenantIdSchema.parse('acme'), jobId, subject: 'ann', tool: 'srv_tool' };
  const running = { ...claimed(created(identity, NOW - age), 'worker', NOW), attempt, unanswered };
  const marked = how === undefined ? running : sent(running, how === 'repeatable', NOW);
  return cancelled ? cancelRequested(marked, NOW) : marked;
}

const LOST_ANSWER = failureOf(new HubError('upstream_timeout', 'late', { details: { outcome: 'unknown' } }));
const NOT_REACHED = failureOf(new HubError('upstream_unreachable', 'gone'));
const REFUSED = failureOf(
  new HubError('upstream_error', 'no', { details: { jsonRpcCode: -32602, jsonRpcMessage: 'no' } }),
);
const LIMITED = failureOf(new HubError('rate_limited', 'wait', { retryAfterSeconds: 10 }));
const CIRCUIT_OPEN = failureOf(new HubError('upstream_unavailable', 'open', { retryAfterSeconds: 10 }));
const DISABLED = failureOf(new HubError('tool_disabled', 'disabled'));
const AGAIN: State = { sent: 'repeatable', unanswered: true };
const NOT_AGAIN: State = { unanswered: true, cancelled: true };
const DEFECT = failureOf(new TypeError('x is not a function'));

describe('a running job whose attempt failed', () => {
  const cases = [
    ['is queued again when its worker was lost before the call', {}, WORKER_LOST, 'queued'],
    ['ends unknown when its worker was lost in the call', { sent: 'unsafe' }, WORKER_LOST, 'unknown'],
    ['is queued again when that call may be repeated', { sent: 'repeatable' }, WORKER_LOST, 'queued'],
    ['ends unknown when no answer came', { sent: 'unsafe' }, LOST_ANSWER, 'unknown'],
    ['is queued again when no answer came to what may be repeated', { sent: 'repeatable' }, LOST_ANSWER, 'queued'],
    ['ends unknown after five of those', { sent: 'repeatable', attempt: 5 }, LOST_ANSWER, 'unknown'],
    ['ends unknown by a defect in a call that may be repeated', { sent: 'repeatable' }, DEFECT, 'unknown'],
    ['ends unknown when the server refuses a call after one without an answer', AGAIN, REFUSED, 'unknown'],
    ['ends unknown when the repetition is refused by the hub', { unanswered: true }, DISABLED, 'unknown'],
    ['ends unknown when the day of the repetition has passed', { ...AGAIN, age: DAY_MS }, LIMITED, 'unknown'],
    ['ends unknown when the repetition is cancelled before the call', NOT_AGAIN, WORKER_LOST, 'unknown'],
    ['waits for a limit before the repetition', { unanswered: true, attempt: 50 }, LIMITED, 'queued'],
    ['is queued again when the server was not reached', { sent: 'unsafe' }, NOT_REACHED, 'queued'],
    ['fails when it was not reached five times', { sent: 'unsafe', attempt: 5 }, NOT_REACHED, 'failed'],
    ['fails when the server refuses', { sent: 'unsafe' }, REFUSED, 'failed'],
    ['waits for a limit, whatever the attempt', { attempt: 50 }, LIMITED, 'queued'],
    ['waits for an open circuit', { sent: 'unsafe', attempt: 50 }, CIRCUIT_OPEN, 'queued'],
    ['expires when it waits for more than a day', { age: DAY_MS }, LIMITED, 'expired'],
    ['ends unknown rather than expired', { sent: 'unsafe', age: DAY_MS }, WORKER_LOST, 'unknown'],
    ['is cancelled when nothing was sent', { cancelled: true }, WORKER_LOST, 'cancelled'],
    ['is cancelled when the server refuses', { sent: 'unsafe', cancelled: true }, REFUSED, 'cancelled'],
    [
      'ends unknown when cancelled in a repeatable call',
      { sent: 'repeatable', cancelled: true },
      LOST_ANSWER,
      'unknown',
    ],
    ['ends unknown when cancelled without an answer', { sent: 'unsafe', cancelled: true }, LOST_ANSWER, 'unknown'],
    ['fails by a defect before the call', {}, DEFECT, 'failed'],
    ['ends unknown by a defect in the call', { sent: 'unsafe' }, DEFECT, 'unknown'],
  ] as const;

  for (const [fact, state, failure, status] of cases) {
    it(fact, () => {
      assert.equal(afterFailure(jobIn(state), failure, { now: NOW, random: () => 0.5 }).status, status);
    });
  }

  it('notes the call without an answer, and keeps the note whatever comes', () => {
    const at = { now: NOW, random: () => 0.5 };
    const noted = afterFailure(jobIn({ sent: 'repeatable' }), LOST_ANSWER, at);
    assert.ok(noted.status === 'queued' && noted.unanswered);
    const again = afterFailure(sent(claimed(noted, 'worker', NOW), true, NOW), NOT_REACHED, at);
    assert.ok(again.status === 'queued' && again.unanswered);

    const unsent = afterFailure(jobIn({ sent: 'repeatable' }), NOT_REACHED, at);
    assert.ok(unsent.status === 'queued' && !unsent.unanswered);
  });

  it('comes back at any moment of a time that doubles with every attempt', () => {
    const wait = (attempt: number, random: number) => {
      const next = afterFailure(jobIn({ attempt }), NOT_REACHED, { now: NOW, random: () => random });
      return next.status === 'queued' ? next.notBefore - NOW : undefined;
    };

    assert.deepEqual([wait(1, 0), wait(1, 1), wait(2, 1), wait(4, 1)], [0, 2_000, 4_000, 16_000]);
  });

  it('does not have its waiting counted as attempts', () => {
    const next = afterFailure(jobIn({ attempt: 3 }), LIMITED, { now: NOW, random: () => 0 });

    assert.deepEqual([next.attempt, next.waits], [3, 1]);
    assert.equal(next.status === 'queued' && next.notBefore, NOW + 10_000);
  });

  it('spreads wider the more often it has waited, over a minute at most', () => {
    const spread = (waits: number) => {
      const next = afterFailure({ ...jobIn({ attempt: waits + 1 }), waits }, LIMITED, { now: NOW, random: () => 1 });
      return next.status === 'queued' ? next.notBefore - NOW - 10_000 : undefined;
    };

    assert.deepEqual(
      [spread(0), spread(1), spread(3), spread(4), spread(5_000)],
      [5_000, 10_000, 40_000, 60_000, 60_000],
    );
  });

  it('keeps what may be shown of the failure', () => {
    const next = afterFailure(jobIn({ sent: 'unsafe' }), REFUSED, { now: NOW, random: () => 0 });

    assert.deepEqual(next.error, {
      code: 'upstream_error',
      message: 'no',
      details: { jsonRpcCode: -32602, jsonRpcMessage: 'no' },
    });
  });
});
