import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { CleanupQueue } from '../hub/cleanup/clean-up.ts';
import { HubError } from '../hub/hub-error.ts';

/** A cursor consists of keys: ids, and nothing else of anybody. */
export function createSqsCleanupQueue(client: SQSClient, queueUrl: string): CleanupQueue {
  return {
    async send(step) {
      const message = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(step) });
      await client.send(message).catch((cause: unknown) => {
        throw new HubError('unavailable', 'the cleanup cannot be queued right now', { cause });
      });
    },
  };
}
