import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { MANAGEMENT_ONLY, type ResourceDefinition } from './resource-definition.ts';
import type { FunctionModel, QueueModel, QueueTriggerModel } from './stack-model.ts';
import type { TemplateReader } from './template-reader.ts';
import { wholeNumber } from './whole-number.ts';

/** Event source mappings. What Lambda refuses when one is made stops the start. */
export function readQueueTriggers(
  reader: TemplateReader,
  queues: readonly QueueModel[],
  functions: readonly FunctionModel[],
): QueueTriggerModel[] {
  return reader.logicalIds('AWS::Lambda::EventSourceMapping').map((logicalId) => {
    const properties = reader.properties(logicalId, EVENT_SOURCE_MAPPING);
    const queue = queues.find(({ arn }) => arn === properties.EventSourceArn);
    const fn = functions.find(({ arn, functionName }) => [arn, functionName].includes(properties.FunctionName));
    if (queue === undefined || fn === undefined) {
      throw new Error(`${logicalId}: its queue and its function must be in the template`);
    }
    if (queue.visibilityTimeoutSeconds < fn.timeoutSeconds) {
      throw new Error(
        `${logicalId}: visibility timeout of ${queue.logicalId} (${queue.visibilityTimeoutSeconds} s) is less than the timeout of ${fn.logicalId} (${fn.timeoutSeconds} s)`,
      );
    }
    return {
      logicalId,
      queueArn: queue.arn,
      functionArn: fn.arn,
      enabled: properties.Enabled,
      batchSize: properties.BatchSize,
      batchingWindowSeconds: properties.MaximumBatchingWindowInSeconds,
      reportsItemFailures: properties.FunctionResponseTypes.length > 0,
      maximumConcurrency: properties.ScalingConfig.MaximumConcurrency,
    };
  });
}

const EVENT_SOURCE_MAPPING = {
  properties: z
    .strictObject({
      EventSourceArn: z.string(),
      FunctionName: z.string(),
      Enabled: z.boolean().default(true),
      BatchSize: wholeNumber(1, 10_000).default(10),
      MaximumBatchingWindowInSeconds: wholeNumber(0, 300).default(0),
      FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
      ScalingConfig: z.strictObject({ MaximumConcurrency: wholeNumber(2, 1_000).optional() }).default({}),
    })
    .refine(({ BatchSize, MaximumBatchingWindowInSeconds: window }) => BatchSize <= 10 || window >= 1, {
      path: ['MaximumBatchingWindowInSeconds'],
      error: 'must be at least 1 for a BatchSize of more than 10',
    }),
  noEffect: { Tags: MANAGEMENT_ONLY },
  newPhysicalId: () => randomUUID(),
  ref: (resource) => resource.physicalId(),
  attributes: { Id: (resource) => resource.physicalId() },
} satisfies ResourceDefinition;

export const QUEUE_TRIGGER_DEFINITIONS = { 'AWS::Lambda::EventSourceMapping': EVENT_SOURCE_MAPPING };
