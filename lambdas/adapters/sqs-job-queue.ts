import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { HubError } from '../hub/hub-error.ts';
import { type JobLane, laneOf } from '../hub/jobs/job-lane.ts';
import type { JobQueue } from '../hub/jobs/job-queue.ts';

/** The one retrying layer towards SQS, each wait of it bounded. */
export function createSqsClient(): SQSClient {
  return new SQSClient({
    maxAttempts: 3,
    // The URL of a queue names a host that is no endpoint everywhere.
    useQueueUrlAsEndpoint: false,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
  });
}

/** Messages carry ids only. The tenant is their group, so that one with many jobs does not hold up the others' (fair queues). */
export function createSqsJobQueue(client: SQSClient, queueUrls: Readonly<Record<JobLane, string>>): JobQueue {
  return {
    async send({ tenantId, jobId, tool }, delaySeconds = 0) {
      const message = new SendMessageCommand({
        QueueUrl: queueUrls[laneOf(tool)],
        MessageBody: JSON.stringify({ tenantId, jobId }),
        MessageGroupId: tenantId,
        ...(delaySeconds > 0 && { DelaySeconds: delaySeconds }),
      });
      await client.send(message).catch((cause: unknown) => {
        throw new HubError('unavailable', 'the job cannot be queued right now', { cause });
      });
    },
  };
}
