import '../../support/silent-logs.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Context, SQSEvent } from 'aws-lambda';
import { queueHandler } from '../../../lambdas/runtime/queue-handler.ts';

const DELIVERIES = 3;

/** Messages by what their handling does, each with how often it was delivered. */
function eventOf(...messages: readonly (readonly [body: string, deliveries: number])[]): SQSEvent {
  const records = messages.map(([body, deliveries]) => ({
    messageId: `${body} ${deliveries}`,
    body,
    attributes: { ApproximateReceiveCount: String(deliveries) },
  }));
  return { Records: records } as unknown as SQSEvent;
}

function harness(settle: (message: string) => Promise<unknown> = async () => undefined) {
  const settled: unknown[] = [];
  const handler = queueHandler({
    parse(body) {
      if (body === 'foreign') throw new Error('none of ours');
      return body;
    },
    async handle(message) {
      if (message !== 'good') throw new TypeError(message);
    },
    poison: {
      deliveries: DELIVERIES,
      settle(message, error) {
        settled.push([message, error instanceof TypeError]);
        return settle(message);
      },
    },
    marginMs: 1_000,
  });
  const context = { getRemainingTimeInMillis: () => 60_000 } as Context;
  const failures = async (event: SQSEvent) => {
    const { batchItemFailures } = await handler(event, context);
    return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  };
  return { settled, failures };
}

describe('a function behind a queue', () => {
  it('gives back what failed, and nothing else', async () => {
    const { settled, failures } = harness();

    assert.deepEqual(await failures(eventOf(['good', 1], ['bad', 1], ['foreign', 1])), ['bad 1', 'foreign 1']);
    assert.deepEqual(settled, []);
  });

  it('settles what a message leaves behind when its last delivery has failed', async () => {
    const { settled, failures } = harness();

    const failed = await failures(eventOf(['bad', DELIVERIES - 1], ['bad', DELIVERIES], ['good', DELIVERIES]));

    assert.deepEqual(failed, ['bad 2', 'bad 3']);
    assert.deepEqual(settled, [['bad', true]]);
  });

  it('knows nothing to settle for a message that is none of its own', async () => {
    const { settled, failures } = harness();

    assert.deepEqual(await failures(eventOf(['foreign', DELIVERIES])), ['foreign 3']);
    assert.deepEqual(settled, []);
  });

  it('lets a message go to the dead letters also when it cannot be settled', async () => {
    const { failures } = harness(() => Promise.reject(new Error('no')));

    assert.deepEqual(await failures(eventOf(['bad', DELIVERIES], ['good', 1])), ['bad 3']);
  });
});
