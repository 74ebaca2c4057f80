import { createSqsClient, createSqsJobQueue } from '../adapters/sqs-job-queue.ts';
import type { JobQueue } from '../hub/jobs/job-queue.ts';

/** Settings of a function that tells workers about jobs. */
export interface JobQueueSettings {
  readonly jobsQueue: string;
  readonly browserQueue: string;
}

export function wireJobQueue({ jobsQueue, browserQueue }: JobQueueSettings): JobQueue {
  return createSqsJobQueue(createSqsClient(), { calls: jobsQueue, browser: browserQueue });
}
