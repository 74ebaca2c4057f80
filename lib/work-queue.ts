import { Duration, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { DeadLetters } from './dead-letters.ts';
import type { HubFunction } from './hub-function.ts';

export interface WorkQueueProps {
  /** Of the function that works on its messages. */
  readonly timeLimitSeconds: number;
  readonly deadLetters: DeadLetters;
  /** Environment variable that tells a function its URL. */
  readonly environmentName: string;
}

/** Deliveries of one message before it counts as poison. */
const MAX_RECEIVES = 5;

/** A queue of ids, whose messages a function works on one by one. */
export class WorkQueue extends Queue {
  private readonly environmentName: string;

  constructor(scope: Construct, id: string, { timeLimitSeconds, deadLetters, environmentName }: WorkQueueProps) {
    super(scope, id, {
      enforceSSL: true,
      encryption: QueueEncryption.SQS_MANAGED,
      // AWS advises six times the function's time limit, so that a message is not delivered again while it is worked on.
      visibilityTimeout: Duration.seconds(6 * timeLimitSeconds),
      retentionPeriod: Duration.days(1),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: MAX_RECEIVES },
    });
    this.environmentName = environmentName;
  }

  grantSend(fn: HubFunction): void {
    fn.addToRolePolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.queueArn] }));
    fn.provide({ [this.environmentName]: this.queueUrl });
  }

  /** Lets a function work on so many messages at once. */
  feed(fn: HubFunction, maxConcurrency: number): void {
    Validations.of(fn).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason: 'A mapping of a queue has none: what fails goes to the dead letters of the queue.',
    });
    fn.addEventSource(new SqsEventSource(this, { batchSize: 1, reportBatchItemFailures: true, maxConcurrency }));
  }
}
