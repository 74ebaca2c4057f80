import * as z from 'zod';
import { encryptionKeyArn } from './encryption-key.ts';
import { policyDocument } from './policy-document.ts';
import { MANAGEMENT_ONLY, type ResourceContext, type ResourceDefinition } from './resource-definition.ts';
import { type ResourceName, resourceName } from './resource-name.ts';
import type { KeyModel, PolicyDocument, QueueModel } from './stack-model.ts';
import type { TemplateReader } from './template-reader.ts';
import { wholeNumber } from './whole-number.ts';

/** Standard queues with the policies about them. A redrive that SQS would refuse stops the start. */
export function readQueues(reader: TemplateReader, keys: readonly KeyModel[]): QueueModel[] {
  const logicalIds = reader.logicalIds('AWS::SQS::Queue');
  const queues = logicalIds.map((logicalId) => readQueue(reader, keys, logicalId));
  for (const queue of queues) assertRedriveAllowed(reader, queues, queue);
  return queues;
}

function readQueue(reader: TemplateReader, keys: readonly KeyModel[], logicalId: string): QueueModel {
  const properties = reader.properties(logicalId, QUEUE);
  const { RedrivePolicy: redrive, KmsMasterKeyId: key } = properties;
  const url = reader.ref(logicalId);
  return {
    logicalId,
    queueName: reader.attribute(logicalId, 'QueueName'),
    arn: reader.attribute(logicalId, 'Arn'),
    url,
    visibilityTimeoutSeconds: properties.VisibilityTimeout,
    retentionSeconds: properties.MessageRetentionPeriod,
    receiveWaitSeconds: properties.ReceiveMessageWaitTimeSeconds,
    delaySeconds: properties.DelaySeconds,
    maximumMessageBytes: properties.MaximumMessageSize,
    redrive: redrive && {
      deadLetterQueueArn: redrive.deadLetterTargetArn,
      maxReceiveCount: redrive.maxReceiveCount,
    },
    encryptionKeyArn: key === undefined || key === AWS_KEY ? undefined : encryptionKeyArn(logicalId, keys, key),
    policies: queuePolicies(reader, url),
  };
}

/** Everybody in the account may use it. */
const AWS_KEY = 'alias/aws/sqs';

function queuePolicies(reader: TemplateReader, url: string): PolicyDocument[] {
  return reader
    .logicalIds('AWS::SQS::QueuePolicy')
    .map((id) => reader.properties(id, QUEUE_POLICY))
    .filter(({ Queues }) => Queues.includes(url))
    .map(({ PolicyDocument }) => PolicyDocument);
}

function assertRedriveAllowed(reader: TemplateReader, queues: readonly QueueModel[], source: QueueModel): void {
  if (source.redrive === undefined) return;
  const target = queues.find(({ arn }) => arn === source.redrive?.deadLetterQueueArn);
  if (target === undefined) {
    throw new Error(`${source.logicalId}: its dead-letter queue is not in the template, so it is unknown locally`);
  }
  const { RedriveAllowPolicy: allow } = reader.properties(target.logicalId, QUEUE);
  const allowed =
    allow === undefined || allow.redrivePermission === 'allowAll' || allow.sourceQueueArns.includes(source.arn);
  if (!allowed) {
    throw new Error(`${source.logicalId}: RedriveAllowPolicy of ${target.logicalId} does not let it redrive there`);
  }
}

const redrivePolicy = z.strictObject({ deadLetterTargetArn: z.string(), maxReceiveCount: wholeNumber(1, 1_000) });
const redriveAllowPolicy = z.strictObject({
  redrivePermission: z.enum(['allowAll', 'denyAll', 'byQueue']),
  sourceQueueArns: z.array(z.string()).default([]),
});

const queueName: ResourceName = resourceName('QueueName', 80);

const queueArn = (resource: ResourceContext): string =>
  `arn:aws:sqs:${resource.region}:${resource.accountId}:${queueName.ref(resource)}`;

const queueUrl = (resource: ResourceContext): string =>
  `https://sqs.${resource.region}.amazonaws.com/${resource.accountId}/${queueName.ref(resource)}`;

const QUEUE = {
  properties: z.strictObject({
    QueueName: z.string().optional(),
    VisibilityTimeout: wholeNumber(0, 43_200).default(30),
    MessageRetentionPeriod: wholeNumber(60, 1_209_600).default(345_600),
    ReceiveMessageWaitTimeSeconds: wholeNumber(0, 20).default(0),
    DelaySeconds: wholeNumber(0, 900).default(0),
    MaximumMessageSize: wholeNumber(1_024, 1_048_576).default(1_048_576),
    RedrivePolicy: redrivePolicy.optional(),
    RedriveAllowPolicy: redriveAllowPolicy.optional(),
    KmsMasterKeyId: z.string().optional(),
  }),
  noEffect: {
    KmsDataKeyReusePeriodSeconds: 'messages are not encrypted on the local disk',
    SqsManagedSseEnabled: 'messages are not encrypted on the local disk, and SQS asks nobody for its own key',
    Tags: MANAGEMENT_ONLY,
  },
  newPhysicalId: queueName.newPhysicalId,
  ref: queueUrl,
  attributes: { Arn: queueArn, QueueName: queueName.ref, QueueUrl: queueUrl },
} satisfies ResourceDefinition;

const QUEUE_POLICY = {
  properties: z.strictObject({ Queues: z.array(z.string()), PolicyDocument: policyDocument }),
  noEffect: {},
  ref: ({ logicalId }) => logicalId,
  attributes: { Id: ({ logicalId }) => logicalId },
} satisfies ResourceDefinition;

export const QUEUE_DEFINITIONS = { 'AWS::SQS::Queue': QUEUE, 'AWS::SQS::QueuePolicy': QUEUE_POLICY };
