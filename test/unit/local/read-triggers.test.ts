import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertTriggerAccess } from '../../../local/iam/assert-trigger-access.ts';
import { readStack } from '../../../local/template/read-stack.ts';
import type { StackModel } from '../../../local/template/stack-model.ts';
import { loadIdentity } from '../../../local/template/state.ts';
import { SMALLEST_TEMPLATE, type TemplateFixture, writeCloudAssembly } from '../../support/cloud-assembly.ts';

type Resources = TemplateFixture['Resources'];
type Properties = Readonly<Record<string, unknown>>;

const arn = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });
const allow = (Action: readonly string[], Resource: unknown) => ({
  Statement: [{ Effect: 'Allow', Action, Resource }],
});
const policy = (role: string, document: object) => ({
  Type: 'AWS::IAM::Policy',
  Properties: { PolicyName: 'p', Roles: [{ Ref: role }], PolicyDocument: document },
});
const POLL = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
const fromGroup = {
  StringEquals: {
    'aws:SourceAccount': { Ref: 'AWS::AccountId' },
    'aws:SourceArn': { 'Fn::Sub': 'arn:aws:scheduler:${AWS::Region}:${AWS::AccountId}:schedule-group/default' },
  },
};
const schedulerRole = (Condition: object) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'scheduler.amazonaws.com' }, Action: 'sts:AssumeRole', Condition },
      ],
    },
  },
});

const RESOURCES = {
  ...SMALLEST_TEMPLATE.Resources,
  Dead: { Type: 'AWS::SQS::Queue', Properties: { SqsManagedSseEnabled: true } },
  Jobs: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      QueueName: 'jobs',
      VisibilityTimeout: 18,
      RedrivePolicy: { deadLetterTargetArn: arn('Dead'), maxReceiveCount: 3 },
    },
  },
  Mapping: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: arn('Jobs'),
      FunctionName: { Ref: 'Function' },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 4 },
    },
  },
  Polls: policy('Role', allow(POLL, arn('Jobs'))),
  Daily: {
    Type: 'AWS::Scheduler::Schedule',
    Properties: {
      ScheduleExpression: 'cron(0 2 * * ? *)',
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: arn('Function'),
        RoleArn: arn('Scheduler'),
        DeadLetterConfig: { Arn: arn('Dead') },
        RetryPolicy: { MaximumRetryAttempts: 4 },
      },
    },
  },
  Scheduler: schedulerRole(fromGroup),
  Invokes: policy('Scheduler', allow(['lambda:InvokeFunction', 'sqs:SendMessage'], '*')),
  Results: {
    Type: 'AWS::S3::Bucket',
    Properties: {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationInDays: 7, Prefix: 'jobs/' }] },
    },
  },
} satisfies Resources;

function read(resources: Resources): StackModel {
  const { directory, remove } = writeCloudAssembly({ Resources: resources });
  try {
    const identity = loadIdentity({ assemblyDirectory: directory, dataDirectory: join(directory, 'data') });
    const stack = readStack({ assemblyDirectory: directory, parameters: {}, identity });
    assertTriggerAccess(stack);
    return stack;
  } finally {
    remove();
  }
}

/** The resources with other properties of one; `undefined` takes a property away. */
function changed(logicalId: keyof typeof RESOURCES, properties: Properties): Resources {
  const { [logicalId]: resource, ...others } = RESOURCES as Resources;
  assert.ok(resource);
  const all = { ...(resource['Properties'] as Properties), ...properties };
  const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return { ...others, [logicalId]: { ...resource, Properties: kept } };
}

test('queues, their mapping, a schedule and a bucket are read with what references them', () => {
  const { queues, queueTriggers, schedules, buckets, functions } = read(RESOURCES);

  const [dead, jobs] = queues;
  const [mapping] = queueTriggers;
  const [schedule] = schedules;
  assert.equal(jobs?.url, 'https://sqs.us-east-1.amazonaws.com/000000000000/jobs');
  assert.equal(jobs.visibilityTimeoutSeconds, 18);
  assert.deepEqual(jobs.redrive, { deadLetterQueueArn: dead?.arn, maxReceiveCount: 3 });
  assert.equal(mapping?.functionArn, functions[0]?.arn);
  assert.deepEqual([mapping?.batchSize, mapping?.reportsItemFailures, mapping?.maximumConcurrency], [10, true, 4]);
  assert.match(schedule?.arn ?? '', /^arn:aws:scheduler:us-east-1:000000000000:schedule\/default\/Fixture-Daily-/);
  assert.equal(schedule?.deadLetterQueueArn, dead?.arn);
  assert.deepEqual(schedule?.retry, { maximumAttempts: 4, maximumEventAgeSeconds: 86_400 });
  assert.match(buckets[0]?.bucketName ?? '', /^fixture-results-[0-9a-f]{12}$/);
  assert.deepEqual(buckets[0]?.expirations, [{ prefix: 'jobs/', days: 7 }]);
});

const target = RESOURCES.Daily.Properties.Target;
const mistakes: readonly (readonly [what: string, resources: Resources, message: RegExp])[] = [
  ['a FIFO queue', changed('Jobs', { FifoQueue: true }), /Jobs .*property FifoQueue is not understood/],
  [
    'a dead-letter queue that refuses the queue',
    changed('Dead', { RedriveAllowPolicy: { redrivePermission: 'denyAll' } }),
    /Jobs: RedriveAllowPolicy of Dead does not let it redrive there/,
  ],
  ['a key from elsewhere', changed('Jobs', { KmsMasterKeyId: 'arn:key' }), /Jobs: encryption key arn:key is not in/],
  ['a filter', changed('Mapping', { FilterCriteria: {} }), /Mapping .*property FilterCriteria is not understood/],
  [
    'a batch without a window',
    changed('Mapping', { BatchSize: 11 }),
    /MaximumBatchingWindowInSeconds must be at least/,
  ],
  ['too little concurrency', changed('Mapping', { ScalingConfig: { MaximumConcurrency: 1 } }), /from 2 to 1000/],
  [
    'a visibility timeout below the time limit',
    changed('Jobs', { VisibilityTimeout: 2 }),
    /Mapping: visibility timeout of Jobs \(2 s\) is less than the timeout of Function \(3 s\)/,
  ],
  [
    'a function that may not poll its queue',
    { ...RESOURCES, Polls: policy('Role', allow(POLL.slice(0, 2), arn('Jobs'))) },
    /^Error: Mapping: .*not authorized to perform: sqs:GetQueueAttributes/,
  ],
  [
    'a schedule that may not invoke its function',
    { ...RESOURCES, Invokes: policy('Scheduler', allow(['sqs:SendMessage'], '*')) },
    /^Error: Daily: .*not authorized to perform: lambda:InvokeFunction/,
  ],
  [
    'a schedule that may not use its dead-letter queue',
    { ...RESOURCES, Invokes: policy('Scheduler', allow(['lambda:InvokeFunction'], '*')) },
    /^Error: Daily: .*not authorized to perform: sqs:SendMessage/,
  ],
  [
    'a role that trusts schedules of another group',
    { ...RESOURCES, Scheduler: schedulerRole({ StringEquals: { 'aws:SourceArn': 'arn:other' } }) },
    /Daily: role Scheduler cannot be used/,
  ],
  ['a time zone', changed('Daily', { ScheduleExpressionTimezone: 'Europe/Berlin' }), /ScheduleExpressionTimezone/],
  ['no time', changed('Daily', { ScheduleExpression: 'cron(0 2 * * *)' }), /ScheduleExpression cron\(0 2 \* \* \*\)/],
  [
    'a dead-letter queue from elsewhere',
    changed('Daily', { Target: { ...target, DeadLetterConfig: { Arn: 'arn:else' } } }),
    /Daily: its dead-letter queue arn:else is not in the template/,
  ],
  [
    'more retries than Scheduler makes',
    changed('Daily', { Target: { ...target, RetryPolicy: { MaximumRetryAttempts: 186 } } }),
    /RetryPolicy.MaximumRetryAttempts .*from 0 to 185/,
  ],
  ['an input that is no JSON', changed('Daily', { Target: { ...target, Input: '{' } }), /Target.Input must be JSON/],
  [
    'a bucket that may be public',
    changed('Results', { PublicAccessBlockConfiguration: undefined }),
    /PublicAccessBlockConfiguration/,
  ],
  [
    'a bucket with versions',
    changed('Results', { VersioningConfiguration: { Status: 'Enabled' } }),
    /VersioningConfiguration.Status/,
  ],
];

for (const [what, resources, message] of mistakes) {
  test(`${what} stops the start`, () => {
    assert.throws(() => read(resources), message);
  });
}

test('a function may not have a destination that its role cannot write to', () => {
  const configured = (...actions: string[]): Resources => ({
    ...RESOURCES,
    Destination: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: {
        FunctionName: { Ref: 'Function' },
        Qualifier: '$LATEST',
        MaximumRetryAttempts: 1,
        DestinationConfig: { OnFailure: { Destination: arn('Dead') } },
      },
    },
    Buries: policy('Role', allow(['sqs:GetQueueUrl', ...actions], arn('Dead'))),
  });

  const { functions, queues } = read(configured('sqs:SendMessage'));

  assert.deepEqual(functions[0]?.asynchronous, {
    maximumRetryAttempts: 1,
    maximumEventAgeSeconds: 21_600,
    onFailureQueueArn: queues[0]?.arn,
  });
  assert.throws(() => read(configured()), /^Error: Function: .*sqs:SendMessage/);
});
