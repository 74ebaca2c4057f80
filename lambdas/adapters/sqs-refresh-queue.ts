import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { RefreshQueue } from '../hub/catalog/due-servers.ts';
import { HubError } from '../hub/hub-error.ts';

/** Ids only. The tenant is the group, so that one with many servers, or slow ones, does not hold up the others' (fair queues). */
export function createSqsRefreshQueue(client: SQSClient, queueUrl: string): RefreshQueue {
  return {
    async send({ tenantId, slug, serverId }) {
      const message = new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify({ tenantId, slug, serverId }),
        MessageGroupId: tenantId,
      });
      await client.send(message).catch((cause: unknown) => {
        throw new HubError('unavailable', 'the refresh cannot be queued right now', { cause });
      });
    },
  };
}
