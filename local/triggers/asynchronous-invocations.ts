import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Failure, FunctionHost } from '../lambda/function-host.ts';
import type { FunctionModel } from '../template/stack-model.ts';

/** Why Lambda did not take an event. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

export interface AsynchronousInvocations {
  /** Takes the event and returns at once, after which it is Lambda's business; or says why it does not take it. */
  invoke(functionArn: string, event: unknown): Refusal | undefined;
  /** Nothing is tried again; what waits for another attempt is lost, as on AWS it would not be. */
  stop(): void;
  finished(): Promise<void>;
}

export interface InvocableFunction {
  readonly model: FunctionModel;
  readonly host: Pick<FunctionHost, 'invoke'>;
}

/** Before the first and the second retry: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const RETRY_AFTER_MS = [60_000, 120_000];
const THROTTLED_RETRY_MS = 1_000;
const MOST_THROTTLED_RETRY_MS = 300_000;

/** Events of one function that wait or run at a time. Lambda keeps millions; here they are in memory. */
const MOST_EVENTS = 100;

/** Lambda's own queue for events that nobody waits for: a function that fails is tried again, then given up. */
export function createAsynchronousInvocations(input: {
  readonly functions: ReadonlyMap<string, InvocableFunction>;
  /** Takes the record of an event that was given up to the function's destination. */
  readonly bury: (queueArn: string, record: string) => void;
  readonly now: () => number;
  /** Until it is time to try again; throws when stopped. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}): AsynchronousInvocations {
  const { functions, bury, now, pause = pauseOnTimer } = input;
  const stopping = new AbortController();
  const running = new Map<Promise<void>, string>();

  async function deliver({ model, host }: InvocableFunction, event: unknown): Promise<void> {
    const { maximumRetryAttempts, maximumEventAgeSeconds, onFailureQueueArn } = model.asynchronous;
    const acceptedAt = now();
    const giveUp = (failure: Failure, condition: string, count: number): void => {
      if (onFailureQueueArn === undefined) return;
      bury(onFailureQueueArn, failureRecord({ model, event, failure, condition, count, at: now() }));
    };
    let failures = 0;
    for (let attempt = 1; ; attempt += 1) {
      const result = await host.invoke(event);
      if (result.outcome === 'ok' || stopping.signal.aborted) return;
      if (result.outcome !== 'throttled') failures += 1;
      if (failures > maximumRetryAttempts) return giveUp(result, 'RetriesExhausted', attempt);
      await pause(pauseMs(result, failures, attempt), stopping.signal);
      if (now() - acceptedAt > maximumEventAgeSeconds * 1_000) return giveUp(result, 'EventAgeExceeded', attempt);
    }
  }

  return {
    invoke(functionArn, event) {
      const fn = functions.get(functionArn);
      if (fn === undefined || stopping.signal.aborted) return undefined;
      if ([...running.values()].filter((arn) => arn === functionArn).length >= MOST_EVENTS) return TOO_MANY;
      const work = deliver(fn, event)
        .catch((error: unknown) => {
          if (!stopping.signal.aborted) process.emitWarning(`${fn.model.logicalId}: ${String(error)}`);
        })
        .finally(() => running.delete(work));
      running.set(work, functionArn);
      return undefined;
    },
    stop: () => stopping.abort(),
    async finished() {
      await Promise.allSettled(running.keys());
    },
  };
}

const TOO_MANY: Refusal = {
  code: 'TooManyRequestsException',
  message: `${MOST_EVENTS} events of the function wait already`,
};

const pauseOnTimer = (ms: number, signal: AbortSignal): Promise<unknown> => wait(ms, undefined, { signal });

const pauseMs = ({ outcome }: Failure, failures: number, attempt: number): number =>
  outcome === 'throttled'
    ? Math.min(THROTTLED_RETRY_MS * 2 ** (attempt - 1), MOST_THROTTLED_RETRY_MS)
    : (RETRY_AFTER_MS[failures - 1] ?? 0);

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-async-destinations */
function failureRecord(about: {
  readonly model: FunctionModel;
  readonly event: unknown;
  readonly failure: Failure;
  readonly condition: string;
  readonly count: number;
  readonly at: number;
}): string {
  const { model, event, failure, condition, count, at } = about;
  const functionArn = `${model.arn}:$LATEST`;
  return JSON.stringify({
    version: '1.0',
    timestamp: new Date(at).toISOString(),
    requestContext: { requestId: randomUUID(), functionArn, condition, approximateInvokeCount: count },
    requestPayload: event,
    ...('error' in failure
      ? {
          responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
          responsePayload: failure.error,
        }
      : {}),
  });
}
