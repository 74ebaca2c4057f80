import { fileURLToPath } from 'node:url';
import { App, CfnParameter, Duration, Stack, TimeZone } from 'aws-cdk-lib';
import { LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import {
  ContextAttribute,
  Schedule,
  ScheduleExpression,
  ScheduleGroup,
  ScheduleTargetInput,
} from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Queue, QueueEncryption, RedrivePermission } from 'aws-cdk-lib/aws-sqs';

/** Synthesizes a stack whose function is invoked by a queue and by schedules, as `lib/` would write it. */
export function synthesizeUnaskedStack(outdir: string): void {
  // The template is read strictly soon enough; CDK's own checks cost seconds.
  process.env['CDK_VALIDATION'] = 'false';
  const app = new App({ outdir, analyticsReporting: false });
  const stack = new Stack(app, 'Unasked', { env: { region: 'us-east-1' } });
  new CfnParameter(stack, 'PublicUrl', { type: 'String' });
  const { queue, deadLetters } = queues(stack);
  const bucket = privateBucket(stack);
  const worker = new LambdaFunction(stack, 'Worker', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromAsset(fileURLToPath(new URL('functions/unasked/', import.meta.url))),
    timeout: Duration.seconds(1),
    retryAttempts: 0,
    onFailure: new SqsDestination(deadLetters),
    reservedConcurrentExecutions: 2,
    environment: { QUEUE_URL: queue.queueUrl, BUCKET: bucket.bucketName },
  });
  bucket.grantRead(worker);
  worker.addEventSource(
    new SqsEventSource(queue, {
      batchSize: 3,
      maxBatchingWindow: Duration.seconds(1),
      maxConcurrency: 2,
      reportBatchItemFailures: true,
    }),
  );
  schedules(stack, worker, deadLetters);
  new RestApi(stack, 'Api', { cloudWatchRole: false }).root.addMethod('GET', new LambdaIntegration(worker));
  app.synth();
}

function queues(stack: Stack) {
  const deadLetters = new Queue(stack, 'Dead', {
    enforceSSL: true,
    encryption: QueueEncryption.SQS_MANAGED,
    retentionPeriod: Duration.days(14),
  });
  const queue = new Queue(stack, 'Jobs', {
    enforceSSL: true,
    encryption: QueueEncryption.KMS,
    encryptionMasterKey: new Key(stack, 'Key'),
    visibilityTimeout: Duration.seconds(2),
    receiveMessageWaitTime: Duration.seconds(20),
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: 2 },
    redriveAllowPolicy: { redrivePermission: RedrivePermission.DENY_ALL },
  });
  return { queue, deadLetters };
}

const privateBucket = (stack: Stack): Bucket =>
  new Bucket(stack, 'Results', {
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    encryption: BucketEncryption.S3_MANAGED,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    lifecycleRules: [{ expiration: Duration.days(7), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
  });

function schedules(stack: Stack, worker: LambdaFunction, deadLetterQueue: Queue): void {
  const undelivered = new Queue(stack, 'Undelivered', { enforceSSL: true, encryption: QueueEncryption.SQS_MANAGED });
  const input = ScheduleTargetInput.fromObject({ cleanup: true, at: ContextAttribute.scheduledTime });
  new Schedule(stack, 'Daily', {
    schedule: ScheduleExpression.cron({ hour: '2', minute: '0', timeZone: TimeZone.ETC_UTC }),
    scheduleGroup: new ScheduleGroup(stack, 'Group'),
    target: new LambdaInvoke(worker, { input, deadLetterQueue, maxEventAge: Duration.hours(1), retryAttempts: 3 }),
  });
  new Schedule(stack, 'Hanging', {
    schedule: ScheduleExpression.rate(Duration.days(1)),
    target: new LambdaInvoke(worker, {
      input: ScheduleTargetInput.fromObject({ hang: true }),
      deadLetterQueue: undelivered,
      retryAttempts: 0,
    }),
  });
  new Schedule(stack, 'Failing', {
    schedule: ScheduleExpression.rate(Duration.days(1)),
    target: new LambdaInvoke(worker, { input: ScheduleTargetInput.fromObject({ fail: true }) }),
  });
}
