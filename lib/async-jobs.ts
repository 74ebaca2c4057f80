import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AttributeType, ProjectionType } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { DUE_INDEX, ENV, JOB_DELIVERIES, TIME_LIMITS } from '../lambdas/contract.ts';
import type { DataKey } from './data-key.ts';
import { DeadLetters } from './dead-letters.ts';
import type { HubFunction } from './hub-function.ts';
import { HubSchedule } from './hub-schedule.ts';
import { HubTable } from './hub-table.ts';
import { logicalIdOf } from './logical-id.ts';
import type { StageConfig } from './stage-config.ts';

/** Calls that nobody waits for: their states, the queue that workers are told by, and results too large for a table. */
export class AsyncJobs extends Construct {
  readonly table: HubTable;
  readonly queue: Queue;
  /** Of jobs that take a browser: a few of them would hold up all others. */
  readonly browserQueue: Queue;
  readonly deadLetters: Queue;
  private readonly results: Bucket;
  private readonly config: StageConfig;
  private readonly dataKey: DataKey;

  constructor(scope: Construct, id: string, props: { readonly dataKey: DataKey; readonly config: StageConfig }) {
    super(scope, id);
    this.config = props.config;
    this.dataKey = props.dataKey;
    this.table = this.createTable();
    this.deadLetters = new DeadLetters(this, 'DeadLetters');
    this.queue = this.createQueue('Queue', TIME_LIMITS.worker);
    this.browserQueue = this.createQueue('BrowserQueue', TIME_LIMITS.browser);
    this.results = this.createResults();
  }

  /** To accept a job: store it and tell the workers. That it is counted needs the grant of the limits. */
  grantSubmit(fn: HubFunction): void {
    this.grantTable(fn, ['GetItem', 'PutItem']);
    fn.provide({ [ENV.tenantJobsPerMinute]: String(this.config.limits.tenantJobsPerMinute) });
    this.grantSend(fn);
  }

  /** To show jobs and to cancel them. */
  grantBrowse(fn: HubFunction): void {
    this.grantTable(fn, ['GetItem', 'Query', 'PutItem']);
    this.grantReadResults(fn);
  }

  /** To accept, show and cancel jobs as the tasks of MCP. */
  grantTasks(fn: HubFunction): void {
    this.grantSubmit(fn);
    this.grantReadResults(fn);
  }

  /** Lets a function work on jobs that call servers, a bounded number of them at once. */
  employ(fn: HubFunction): void {
    this.employFor(this.queue, fn, this.config.jobs.workers);
  }

  /** Lets a function work on jobs that take a browser. */
  employForBrowsers(fn: HubFunction): void {
    this.employFor(this.browserQueue, fn, this.config.jobs.browsers);
    fn.provide({ [ENV.browserEvaluates]: String(this.config.playwright.allowEvaluate) });
  }

  private employFor(queue: Queue, fn: HubFunction, maxConcurrency: number): void {
    this.grantTable(fn, ['GetItem', 'PutItem']);
    this.grantSend(fn);
    this.grantResults(fn, ['PutObject', 'DeleteObject']);
    this.dataKey.grantObjects(fn, this.results, 'kms:GenerateDataKey');
    Validations.of(fn).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason: 'A mapping of a queue has none: what fails goes to the dead letters of the queue.',
    });
    fn.addEventSource(new SqsEventSource(queue, { batchSize: 1, reportBatchItemFailures: true, maxConcurrency }));
  }

  /** Lets a function look every minute for jobs that stand still. */
  sweepWith(fn: HubFunction, deadLetters: DeadLetters): void {
    this.grantSweep(fn);
    new HubSchedule(this, 'Sweep', {
      fn,
      description: 'Moves on jobs that stand still',
      schedule: ScheduleExpression.rate(Duration.minutes(1)),
      deadLetters,
      // The next minute tries again.
      retryAttempts: 0,
      maxEventAge: Duration.minutes(1),
    });
  }

  /** To find jobs that stand still, and to move them on. */
  grantSweep(fn: HubFunction): void {
    this.grantTable(fn, ['PutItem']);
    this.table.grantIndexQuery(fn, DUE_INDEX.name);
    this.grantSend(fn);
  }

  /** To find results that belong to no job, and to remove them. */
  grantCleanUp(fn: HubFunction): void {
    this.grantTable(fn, ['GetItem']);
    this.grantResults(fn, ['DeleteObject']);
    fn.addToRolePolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [this.results.bucketArn] }));
  }

  private grantTable(fn: HubFunction, actions: Parameters<HubTable['grantActions']>[1]): void {
    this.table.grantActions(fn, actions);
    fn.provide({ [ENV.jobRetentionDays]: String(this.config.jobs.retentionDays) });
  }

  private grantSend(fn: HubFunction): void {
    const resources = [this.queue.queueArn, this.browserQueue.queueArn];
    fn.addToRolePolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources }));
    fn.provide({ [ENV.jobsQueue]: this.queue.queueUrl, [ENV.browserQueue]: this.browserQueue.queueUrl });
  }

  private grantReadResults(fn: HubFunction): void {
    this.grantResults(fn, ['GetObject']);
    this.dataKey.grantObjects(fn, this.results, 'kms:Decrypt');
    // Without it S3 answers 403 for an object that is not there.
    fn.addToRolePolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [this.results.bucketArn] }));
  }

  private grantResults(fn: HubFunction, actions: readonly ('GetObject' | 'PutObject' | 'DeleteObject')[]): void {
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: actions.map((action) => `s3:${action}`),
        resources: [this.results.arnForObjects('*')],
      }),
    );
    Validations.of(fn.role ?? fn).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${logicalIdOf(this.results)}.Arn>/*]`,
      reason: 'Objects are named by tenant and job; the function decides whose they are, as with items of a table.',
    });
    fn.provide({ [ENV.resultsBucket]: this.results.bucketName });
  }

  /** AWS advises six times the function's time limit, so that a message is not delivered again while it is worked on. */
  private createQueue(id: string, workerSeconds: number): Queue {
    return new Queue(this, id, {
      enforceSSL: true,
      encryption: QueueEncryption.SQS_MANAGED,
      visibilityTimeout: Duration.seconds(6 * workerSeconds),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: JOB_DELIVERIES },
    });
  }

  private createTable(): HubTable {
    const table = new HubTable(this, 'Table', {
      dataKey: this.dataKey,
      environmentName: ENV.jobsTable,
      recoverable: true,
      retain: this.config.data.retain,
      expires: true,
    });
    table.addGlobalSecondaryIndex({
      indexName: DUE_INDEX.name,
      partitionKey: { name: DUE_INDEX.partition, type: AttributeType.STRING },
      sortKey: { name: DUE_INDEX.sort, type: AttributeType.NUMBER },
      projectionType: ProjectionType.ALL,
    });
    return table;
  }

  private createResults(): Bucket {
    const { retain } = this.config.data;
    const results = new Bucket(this, 'Results', {
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.KMS,
      encryptionKey: this.dataKey,
      // One request to KMS for many objects.
      bucketKeyEnabled: true,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      // A day longer than the jobs that they belong to.
      lifecycleRules: [{ expiration: Duration.days(this.config.jobs.retentionDays + 1) }],
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    Validations.of(results).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Only functions of the stack read and write it, and they log what they do.',
    });
    return results;
  }
}
