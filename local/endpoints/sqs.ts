import * as z from 'zod';
import { queueNameOf } from '../iam/sqs-access.ts';
import type { StoredMessage } from '../queues/message-table.ts';
import type { QueueStore } from '../queues/queue-store.ts';
import type { QueueModel } from '../template/stack-model.ts';
import { AwsError } from './aws-error.ts';
import { batch } from './sqs-batch.ts';
import {
  assertAcceptable,
  invalid,
  md5,
  md5OfAttributes,
  type MessageInput,
  messageSchema,
  parseAttributes,
} from './sqs-message.ts';

export interface LocalSqs {
  /** Answers one request, or throws AWS's error. Nothing is authorized here. A long poll ends when `gone` aborts. */
  handle(
    operation: string,
    body: unknown,
    from: { readonly origin: string; readonly gone: AbortSignal },
  ): Promise<unknown>;
}

type Operation = (queue: QueueModel, body: unknown, from: { origin: string; gone: AbortSignal }) => unknown;

/** SQS with the queues of the template. See docs/architecture.md for what is approximated. */
export function createLocalSqs(queues: readonly QueueModel[], store: QueueStore): LocalSqs {
  const send = (queue: QueueModel, message: MessageInput): unknown => {
    assertAcceptable(queue, message);
    const { MessageBody, MessageAttributes, MessageGroupId: groupId, DelaySeconds: delaySeconds } = message;
    const attributes = JSON.stringify(MessageAttributes);
    return {
      MessageId: store.send(queue, { body: MessageBody, attributes, groupId, delaySeconds }),
      MD5OfMessageBody: md5(MessageBody),
      MD5OfMessageAttributes: md5OfAttributes(MessageAttributes),
    };
  };
  const remove = (queue: QueueModel, { ReceiptHandle }: z.infer<typeof receiptRequest>): unknown => {
    assertReceipt(ReceiptHandle);
    store.delete(queue, ReceiptHandle);
    return {};
  };
  const change = (queue: QueueModel, request: z.infer<typeof visibilityRequest>): unknown => {
    assertReceipt(request.ReceiptHandle);
    if (store.changeVisibility(queue, request.ReceiptHandle, request.VisibilityTimeout)) return {};
    throw new AwsError('MessageNotInflight', 'The message referred to is not in flight.');
  };

  const operations: Readonly<Record<string, Operation>> = {
    SendMessage: (queue, body) => send(queue, parse(messageSchema.extend(queueUrl), body)),
    SendMessageBatch: (queue, body) => batch(body, messageSchema, (message) => send(queue, message)),
    DeleteMessage: (queue, body) => remove(queue, parse(receiptRequest, body)),
    DeleteMessageBatch: (queue, body) => batch(body, receiptRequest, (request) => remove(queue, request)),
    ChangeMessageVisibility: (queue, body) => change(queue, parse(visibilityRequest, body)),
    ChangeMessageVisibilityBatch: (queue, body) => batch(body, visibilityRequest, (request) => change(queue, request)),
    async ReceiveMessage(queue, body, { gone }) {
      const request = parse(receiveRequest, body);
      const messages = await store.receive(queue, {
        maxMessages: request.MaxNumberOfMessages,
        visibilityTimeoutSeconds: request.VisibilityTimeout,
        waitMs: (request.WaitTimeSeconds ?? queue.receiveWaitSeconds) * 1_000,
        signal: gone,
      });
      return messages.length === 0 ? {} : { Messages: messages.map((message) => received(message, request, queues)) };
    },
    GetQueueUrl: ({ arn, queueName }, _body, { origin }) => ({
      QueueUrl: `${origin}/${arn.split(':')[4]}/${queueName}`,
    }),
    GetQueueAttributes(queue, body) {
      const all = queueAttributes(queue, store);
      const { AttributeNames } = parse(attributesRequest, body);
      const asked = Object.entries(all).filter(([name]) => AttributeNames.some((one) => one === name || one === 'All'));
      return asked.length === 0 ? {} : { Attributes: Object.fromEntries(asked) };
    },
  };

  return {
    async handle(operation, body, from) {
      const perform = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
      if (perform === undefined) {
        throw new AwsError('UnsupportedOperation', `the local SQS has no operation ${operation}`);
      }
      const queue = queues.find(({ queueName }) => queueName === queueNameOf(body));
      if (queue === undefined) throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
      return perform(queue, body, from);
    },
  };
}

const queueUrl = { QueueUrl: z.string().optional() };
const receiptRequest = z.object({ ...queueUrl, ReceiptHandle: z.string() });
const visibilityRequest = receiptRequest.extend({ VisibilityTimeout: z.int().min(0).max(43_200) });
const attributesRequest = z.object({ AttributeNames: z.array(z.string()).default([]) });
const receiveRequest = z.strictObject({
  ...queueUrl,
  MaxNumberOfMessages: z.int().min(1).max(10).default(1),
  VisibilityTimeout: z.int().min(0).max(43_200).optional(),
  WaitTimeSeconds: z.int().min(0).max(20).optional(),
  AttributeNames: z.array(z.string()).default([]),
  MessageSystemAttributeNames: z.array(z.string()).default([]),
  MessageAttributeNames: z.array(z.string()).default([]),
});

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw invalid(z.prettifyError(parsed.error));
}

function assertReceipt(receipt: string): void {
  if (z.uuid().safeParse(receipt).success) return;
  throw new AwsError('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.');
}

function received(
  message: StoredMessage,
  request: z.infer<typeof receiveRequest>,
  queues: readonly QueueModel[],
): unknown {
  const systemNames = [...request.AttributeNames, ...request.MessageSystemAttributeNames];
  const system = Object.entries(systemAttributes(message, queues)).filter(([name]) => isAsked(systemNames, name));
  const own = Object.entries(parseAttributes(message.attributes)).filter(([name]) =>
    isAsked(request.MessageAttributeNames, name),
  );
  return {
    MessageId: message.id,
    ReceiptHandle: message.receipt,
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(system.length === 0 ? {} : { Attributes: Object.fromEntries(system) }),
    ...(own.length === 0
      ? {}
      : {
          MessageAttributes: Object.fromEntries(own),
          MD5OfMessageAttributes: md5OfAttributes(Object.fromEntries(own)),
        }),
  };
}

/** `All`, a name, or `prefix.*`. */
const isAsked = (asked: readonly string[], name: string): boolean =>
  asked.some((one) => one === 'All' || one === name || (one.endsWith('.*') && name.startsWith(one.slice(0, -2))));

/** What SQS says of a message beside what its sender said. */
export function systemAttributes(message: StoredMessage, queues: readonly QueueModel[]): Record<string, string> {
  const source = queues.find(({ queueName }) => queueName === message.source);
  return {
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(message.sentAt),
    SenderId: 'local',
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? message.sentAt),
    ...(message.groupId === null ? {} : { MessageGroupId: message.groupId }),
    ...(source === undefined ? {} : { DeadLetterQueueSourceArn: source.arn }),
  };
}

function queueAttributes(queue: QueueModel, store: QueueStore): Record<string, string> {
  const { visible, inFlight, delayed } = store.counts(queue);
  return {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    VisibilityTimeout: String(queue.visibilityTimeoutSeconds),
    MessageRetentionPeriod: String(queue.retentionSeconds),
    ReceiveMessageWaitTimeSeconds: String(queue.receiveWaitSeconds),
    DelaySeconds: String(queue.delaySeconds),
    MaximumMessageSize: String(queue.maximumMessageBytes),
    ...(queue.redrive === undefined
      ? {}
      : {
          RedrivePolicy: JSON.stringify({
            deadLetterTargetArn: queue.redrive.deadLetterQueueArn,
            maxReceiveCount: queue.redrive.maxReceiveCount,
          }),
        }),
  };
}
