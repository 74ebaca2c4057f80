import * as z from 'zod';
import type { QueueModel, StackModel } from '../template/stack-model.ts';
import { type KeyAccess, serviceKeyAccesses } from './kms-access.ts';

/** What one SQS request does to one queue. */
export interface QueueAccess {
  readonly action: string;
  readonly resource: string;
  readonly queue: QueueModel | undefined;
  readonly keyAccesses: readonly KeyAccess[];
}

/** API operation to the action that permits it: batches need the permission of their single operation. */
const ACTIONS: Readonly<Record<string, string>> = {
  ChangeMessageVisibility: 'ChangeMessageVisibility',
  ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
  DeleteMessage: 'DeleteMessage',
  DeleteMessageBatch: 'DeleteMessage',
  GetQueueAttributes: 'GetQueueAttributes',
  GetQueueUrl: 'GetQueueUrl',
  ReceiveMessage: 'ReceiveMessage',
  SendMessage: 'SendMessage',
  SendMessageBatch: 'SendMessage',
};

/** `undefined` for an operation that is not emulated. */
export function sqsAccesses(stack: StackModel, operation: string, body: unknown): QueueAccess[] | undefined {
  const action = Object.hasOwn(ACTIONS, operation) ? ACTIONS[operation] : undefined;
  return action === undefined ? undefined : [queueAccess(stack, action, queueNameOf(body))];
}

/** The last part of a queue's URL is its name, whatever host the URL has; GetQueueUrl has the name alone. */
export function queueNameOf(body: unknown): string {
  const { QueueUrl, QueueName } = queueReference.parse(body);
  return QueueName ?? QueueUrl?.slice(QueueUrl.lastIndexOf('/') + 1) ?? '';
}

const queueReference = z.object({ QueueUrl: z.string().optional(), QueueName: z.string().optional() });

export function queueAccess(stack: StackModel, action: string, queueName: string): QueueAccess {
  const queue = stack.queues.find((one) => one.queueName === queueName);
  return {
    action: `sqs:${action}`,
    resource: queue?.arn ?? `arn:aws:sqs:${stack.region}:${stack.accountId}:${queueName}`,
    queue,
    keyAccesses: queue === undefined ? [] : keyAccesses(stack, queue, action),
  };
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html */
const KEY_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  ReceiveMessage: ['Decrypt'],
  SendMessage: ['GenerateDataKey', 'Decrypt'],
};

function keyAccesses(stack: StackModel, { encryptionKeyArn, arn }: QueueModel, action: string): KeyAccess[] {
  if (encryptionKeyArn === undefined) return [];
  return serviceKeyAccesses(stack, encryptionKeyArn, {
    service: 'sqs',
    actions: KEY_ACTIONS[action] ?? [],
    encryptionContext: { 'aws:sqs:arn': arn },
  });
}
