import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import type { PolicyStatement } from '../../local/template/stack-model.ts';
import { createRunningEndpoints } from '../support/running-endpoints.ts';
import { DATA_KEY, queueFixture, stackFixture } from '../support/stack-fixture.ts';

const DLQ = queueFixture('Dlq');
const JOBS = queueFixture('Jobs', { redrive: { deadLetterQueueArn: DLQ.arn, maxReceiveCount: 2 } });
const SEALED = queueFixture('Sealed', { encryptionKeyArn: DATA_KEY.arn });
const insecure = { Bool: { 'aws:SecureTransport': 'false' } };
const GUARDED = queueFixture('Guarded', {
  policies: [
    { Statement: [{ Effect: 'Deny', Principal: { AWS: '*' }, Action: 'sqs:*', Resource: '*', Condition: insecure }] },
    { Statement: [{ Effect: 'Deny', Principal: '*', Action: 'sqs:ReceiveMessage', Resource: '*' }] },
  ],
});
const allow = (Action: string[], Resource: string): PolicyStatement => ({ Effect: 'Allow', Action, Resource });

const STACK = {
  ...stackFixture({
    Manage: [allow(['sqs:*'], '*'), allow(['kms:GenerateDataKey', 'kms:Decrypt'], DATA_KEY.arn)],
    Send: [allow(['sqs:SendMessage'], JOBS.arn), allow(['sqs:*'], SEALED.arn)],
  }),
  queues: [JOBS, DLQ, SEALED, GUARDED],
};
const running = createRunningEndpoints(STACK);
before(running.start);
after(running.remove);
const manage = () => running.sqs('Manage');
const url = ({ queueName }: { queueName: string }) => `${running.endpoints().url}/000000000000/${queueName}`;

const send = (queue: typeof JOBS, MessageBody: string, MessageGroupId?: string) =>
  manage().send(
    new SendMessageCommand({ QueueUrl: url(queue), MessageBody, ...(MessageGroupId ? { MessageGroupId } : {}) }),
  );
const receive = async (queue: typeof JOBS, options: Partial<ReceiveMessageCommand['input']> = {}) => {
  const { Messages = [] } = await manage().send(
    new ReceiveMessageCommand({ QueueUrl: url(queue), MessageSystemAttributeNames: ['All'], ...options }),
  );
  return Messages;
};
const remove = (queue: typeof JOBS, ReceiptHandle: string | undefined) =>
  manage().send(new DeleteMessageCommand({ QueueUrl: url(queue), ReceiptHandle }));
const empty = async (queue: typeof JOBS) => {
  for (const { ReceiptHandle } of await receive(queue, { MaxNumberOfMessages: 10 })) await remove(queue, ReceiptHandle);
};

test('a message is received with what its sender and SQS say of it, once', async () => {
  const { MessageId } = await manage().send(
    new SendMessageCommand({
      QueueUrl: url(JOBS),
      MessageBody: 'hello',
      MessageGroupId: 'acme',
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'greeting' } },
    }),
  );

  const [message, ...others] = await receive(JOBS, { MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] });
  const again = await receive(JOBS);

  assert.deepEqual([others, again], [[], []]);
  assert.equal(message?.MessageId, MessageId);
  assert.equal(message?.Body, 'hello');
  assert.equal(message?.Attributes?.ApproximateReceiveCount, '1');
  assert.equal(message?.Attributes?.MessageGroupId, 'acme');
  assert.equal(message?.MessageAttributes?.['kind']?.StringValue, 'greeting');
  // As fauxqs, another implementation, computes it.
  assert.equal(message?.MD5OfMessageAttributes, '55ed4b7836c74ac3476eb038898fee8b');
  await remove(JOBS, message?.ReceiptHandle);
});

test('a long poll ends with the message that it waited for', async () => {
  const waiting = receive(JOBS, { WaitTimeSeconds: 5 });
  await send(JOBS, 'late');

  const [message] = await waiting;

  assert.equal(message?.Body, 'late');
  await remove(JOBS, message?.ReceiptHandle);
});

test('a message that is given back is received again, and after its last receive goes to the dead-letter queue', async () => {
  await send(JOBS, 'poison');
  const giveBack = async () => {
    const [message] = await receive(JOBS);
    await manage().send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: url(JOBS),
        ReceiptHandle: message?.ReceiptHandle,
        VisibilityTimeout: 0,
      }),
    );
    return message?.Attributes?.ApproximateReceiveCount;
  };

  const counts = [await giveBack(), await giveBack()];
  const third = await receive(JOBS);
  const [dead] = await receive(DLQ);

  assert.deepEqual(counts, ['1', '2']);
  assert.deepEqual(third, []);
  assert.equal(dead?.Body, 'poison');
  assert.equal(dead?.Attributes?.DeadLetterQueueSourceArn, JOBS.arn);
  await remove(DLQ, dead?.ReceiptHandle);
});

test('a dead-letter queue is redriven to where its messages came from', async () => {
  await send(JOBS, 'retried');
  for (const _ of [1, 2, 3]) await receive(JOBS, { VisibilityTimeout: 0 });
  const store = running.endpoints().queueStore;

  const moved = store?.redrive(DLQ);

  const [message] = await receive(JOBS);
  assert.equal(moved, 1);
  assert.equal(message?.Body, 'retried');
  assert.equal(message?.Attributes?.ApproximateReceiveCount, '1');
  assert.deepEqual(await receive(DLQ), []);
  await remove(JOBS, message?.ReceiptHandle);
});

test('of a flooded queue the quiet senders are served first', async () => {
  for (let n = 0; n < 12; n += 1) await send(JOBS, `flood ${n}`, 'flooding');
  await send(JOBS, 'quiet 1', 'quiet');
  await send(JOBS, 'quiet 2', 'quiet');

  const first = await receive(JOBS, { MaxNumberOfMessages: 4 });
  await send(JOBS, 'other', 'other');
  const second = await receive(JOBS);

  assert.deepEqual(
    first.map(({ Body }) => Body),
    ['flood 0', 'quiet 1', 'flood 1', 'quiet 2'],
  );
  assert.deepEqual(
    second.map(({ Body }) => Body),
    ['other'],
  );
  for (const { ReceiptHandle } of [...first, ...second]) await remove(JOBS, ReceiptHandle);
  await empty(JOBS);
});

test('a batch is settled entry by entry', async () => {
  const sent = await manage().send(
    new SendMessageBatchCommand({
      QueueUrl: url(JOBS),
      Entries: [
        { Id: 'good', MessageBody: 'good' },
        { Id: 'bad', MessageBody: '\u0001' },
      ],
    }),
  );
  const [message] = await receive(JOBS);
  const deleted = await manage().send(
    new DeleteMessageBatchCommand({
      QueueUrl: url(JOBS),
      Entries: [
        { Id: 'mine', ReceiptHandle: message?.ReceiptHandle },
        { Id: 'odd', ReceiptHandle: 'no receipt' },
      ],
    }),
  );

  const codes = (failed: { Id?: string | undefined; Code?: string | undefined }[] | undefined) =>
    failed?.map(({ Id, Code }) => [Id, Code]);
  assert.deepEqual(
    sent.Successful?.map(({ Id }) => Id),
    ['good'],
  );
  assert.deepEqual(codes(sent.Failed), [['bad', 'InvalidMessageContents']]);
  assert.deepEqual(
    deleted.Successful?.map(({ Id }) => Id),
    ['mine'],
  );
  assert.deepEqual(codes(deleted.Failed), [['odd', 'ReceiptHandleIsInvalid']]);
});

test('messages and their receive counts survive a restart, which ends every flight', async () => {
  await send(JOBS, 'kept');
  await receive(JOBS);

  await running.stop();
  await running.start();

  const [message] = await receive(JOBS);
  assert.equal(message?.Body, 'kept');
  assert.equal(message?.Attributes?.ApproximateReceiveCount, '2');
  await remove(JOBS, message?.ReceiptHandle);
});

test('the URL that SQS answers leads to the queue', async () => {
  const { QueueUrl } = await manage().send(new GetQueueUrlCommand({ QueueName: 'Jobs' }));

  const { Attributes } = await manage().send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));

  assert.equal(Attributes?.QueueArn, JOBS.arn);
  assert.equal(Attributes?.ApproximateNumberOfMessages, '0');
});

test('what a role, a key policy or a queue policy does not allow is denied', async () => {
  const attempts = [
    running.sqs('Send').send(new ReceiveMessageCommand({ QueueUrl: url(JOBS) })),
    running.sqs('Send').send(new SendMessageCommand({ QueueUrl: url(SEALED), MessageBody: 'x' })),
    manage().send(new ReceiveMessageCommand({ QueueUrl: url(GUARDED) })),
  ];

  const results = await Promise.allSettled(attempts);

  assert.deepEqual(
    results.map((result) => result.status === 'rejected' && result.reason.name),
    ['AccessDenied', 'AccessDenied', 'AccessDenied'],
  );
  const [role, key, policy] = results.map((result) => (result.status === 'rejected' ? result.reason.message : ''));
  assert.match(role, /perform: sqs:ReceiveMessage on resource: arn:aws:sqs:.*:Jobs because no identity-based policy/);
  assert.match(key, /perform: kms:GenerateDataKey/);
  assert.match(policy, /with an explicit deny in a resource-based policy/);
  await send(GUARDED, 'by those who may');
  await send(SEALED, 'with the key');
});

test('errors have the names that the SDK knows', async () => {
  const nowhere = url({ queueName: 'Nowhere' });
  const attempts: [Promise<unknown>, string][] = [
    [manage().send(new ReceiveMessageCommand({ QueueUrl: nowhere })), 'QueueDoesNotExist'],
    [remove(JOBS, 'no receipt'), 'ReceiptHandleIsInvalid'],
    [receive(JOBS, { MaxNumberOfMessages: 11 }), 'InvalidParameterValue'],
    [manage().send(new CreateQueueCommand({ QueueName: 'New' })), 'UnknownOperationException'],
  ];

  for (const [attempt, name] of attempts) await assert.rejects(attempt, { name });
});
