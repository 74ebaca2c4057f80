import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { QueueModel } from '../template/stack-model.ts';
import { AwsError } from './aws-error.ts';

const attributeValue = z
  .strictObject({
    DataType: z.string().regex(/^(String|Number|Binary)(\.|$)/),
    StringValue: z.string().optional(),
    BinaryValue: z.base64().optional(),
  })
  .refine(({ DataType, StringValue, BinaryValue }) =>
    DataType.startsWith('Binary') ? BinaryValue !== undefined : StringValue !== undefined,
  );
const attributesSchema = z.record(z.string(), attributeValue);

/** A message's own attributes, by name. */
export type MessageAttributes = z.infer<typeof attributesSchema>;

export const messageSchema = z.strictObject({
  MessageBody: z.string().min(1),
  MessageAttributes: attributesSchema.default({}),
  DelaySeconds: z.int().min(0).max(900).optional(),
  MessageGroupId: z
    .string()
    .regex(/^[\w!-/:-@[-`{-~]{1,128}$/)
    .optional(),
});
export type MessageInput = z.infer<typeof messageSchema>;

const MAX_ATTRIBUTES = 10;

/** What SQS refuses of a message: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
export function assertAcceptable({ maximumMessageBytes }: QueueModel, message: MessageInput): void {
  const { MessageBody, MessageAttributes } = message;
  if (/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.test(MessageBody)) {
    throw new AwsError('InvalidMessageContents', 'The message contains characters outside the allowed set.');
  }
  if (Object.keys(MessageAttributes).length > MAX_ATTRIBUTES) {
    throw invalid(
      `Number of message attributes [${Object.keys(MessageAttributes).length}] exceeds the allowed maximum [10].`,
    );
  }
  if (messageBytes(message) > maximumMessageBytes) {
    throw invalid(
      `One or more parameters are invalid. Reason: Message must be shorter than ${maximumMessageBytes} bytes.`,
    );
  }
}

export const invalid = (message: string): AwsError => new AwsError('InvalidParameterValue', message);

/** Names, types and values of attributes count too. */
const messageBytes = ({ MessageBody, MessageAttributes }: MessageInput): number =>
  Object.entries(MessageAttributes).reduce(
    (sum, [name, { DataType, StringValue, BinaryValue }]) =>
      sum + Buffer.byteLength(name + DataType) + valueBytes(StringValue, BinaryValue).length,
    Buffer.byteLength(MessageBody),
  );

const valueBytes = (text: string | undefined, base64: string | undefined): Buffer =>
  base64 === undefined ? Buffer.from(text ?? '') : Buffer.from(base64, 'base64');

export const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/**
 * Clients may compare it with what they sent.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation
 */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  const add = (bytes: Buffer): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of names) {
    const { DataType = '', StringValue, BinaryValue } = attributes[name] ?? {};
    add(Buffer.from(name));
    add(Buffer.from(DataType));
    hash.update(Buffer.from([BinaryValue === undefined ? 1 : 2]));
    add(valueBytes(StringValue, BinaryValue));
  }
  return hash.digest('hex');
}

/** As they were stored, which was after they had been checked. */
export const parseAttributes = (json: string): MessageAttributes => attributesSchema.parse(JSON.parse(json));
