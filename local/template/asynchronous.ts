import * as z from 'zod';
import type { ResourceDefinition } from './resource-definition.ts';
import type { AsynchronousModel } from './stack-model.ts';
import type { TemplateReader } from './template-reader.ts';
import { wholeNumber } from './whole-number.ts';

/** How Lambda treats an event that nobody waits for: the template's configuration, else Lambda's defaults. */
export function readAsynchronous(reader: TemplateReader, functionIds: readonly string[]): AsynchronousModel {
  const configuration = reader
    .logicalIds('AWS::Lambda::EventInvokeConfig')
    .map((logicalId) => ({ logicalId, ...reader.properties(logicalId, EVENT_INVOKE_CONFIG) }))
    .find(({ FunctionName }) => functionIds.includes(FunctionName));
  const onFailureQueueArn = configuration?.DestinationConfig.OnFailure?.Destination;
  const queueArns = reader.logicalIds('AWS::SQS::Queue').map((logicalId) => reader.attribute(logicalId, 'Arn'));
  if (onFailureQueueArn !== undefined && !queueArns.includes(onFailureQueueArn)) {
    throw new Error(`${configuration?.logicalId}: its destination ${onFailureQueueArn} is no queue of the template`);
  }
  return {
    maximumRetryAttempts: configuration?.MaximumRetryAttempts ?? 2,
    maximumEventAgeSeconds: configuration?.MaximumEventAgeInSeconds ?? 21_600,
    onFailureQueueArn,
  };
}

const EVENT_INVOKE_CONFIG = {
  properties: z.strictObject({
    FunctionName: z.string(),
    Qualifier: z.literal('$LATEST'),
    MaximumRetryAttempts: wholeNumber(0, 2).optional(),
    MaximumEventAgeInSeconds: wholeNumber(60, 21_600).optional(),
    DestinationConfig: z
      .strictObject({ OnFailure: z.strictObject({ Destination: z.string() }).optional() })
      .default({}),
  }),
  noEffect: {},
  ref: ({ logicalId }) => logicalId,
  attributes: {},
} satisfies ResourceDefinition;

export const ASYNCHRONOUS_DEFINITIONS = { 'AWS::Lambda::EventInvokeConfig': EVENT_INVOKE_CONFIG };
