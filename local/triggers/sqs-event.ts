import { systemAttributes } from '../endpoints/sqs.ts';
import { md5, md5OfAttributes, type MessageAttributes, parseAttributes } from '../endpoints/sqs-message.ts';
import type { StoredMessage } from '../queues/message-table.ts';
import type { QueueModel, StackModel } from '../template/stack-model.ts';

/** What Lambda gives a function that a queue invokes: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export function sqsEvent(
  { region, queues }: Pick<StackModel, 'region' | 'queues'>,
  queue: QueueModel,
  messages: readonly StoredMessage[],
): object {
  const Records = messages.map((message) => {
    const attributes = parseAttributes(message.attributes);
    const md5OfMessageAttributes = md5OfAttributes(attributes);
    return {
      messageId: message.id,
      receiptHandle: message.receipt,
      body: message.body,
      attributes: systemAttributes(message, queues),
      messageAttributes: eventAttributes(attributes),
      md5OfBody: md5(message.body),
      ...(md5OfMessageAttributes === undefined ? {} : { md5OfMessageAttributes }),
      eventSource: 'aws:sqs',
      eventSourceARN: queue.arn,
      awsRegion: region,
    };
  });
  return { Records };
}

const eventAttributes = (attributes: MessageAttributes): object =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        ...(StringValue === undefined ? {} : { stringValue: StringValue }),
        ...(BinaryValue === undefined ? {} : { binaryValue: BinaryValue }),
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType,
      },
    ]),
  );
