import { readApi } from './api.ts';
import { readBuckets } from './buckets.ts';
import { openCloudAssembly } from './cloud-assembly.ts';
import { readFunctions } from './functions.ts';
import { readKeys } from './keys.ts';
import { readQueueTriggers } from './queue-triggers.ts';
import { readQueues } from './queues.ts';
import { RESOURCE_DEFINITIONS } from './resource-definitions.ts';
import { readSchedules } from './schedules.ts';
import type { StackModel } from './stack-model.ts';
import { readTables } from './tables.ts';
import { createTemplateReader, type StackIdentity } from './template-reader.ts';

/** Reads a synthesized stack strictly: whatever is not known to behave locally as on AWS stops with its name. */
export function readStack(input: {
  readonly assemblyDirectory: string;
  readonly stackName?: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** As `loadIdentity` returns it. */
  readonly identity: StackIdentity;
}): StackModel {
  const { stackName, template, assetDirectories } = openCloudAssembly(input.assemblyDirectory, input.stackName);
  const reader = createTemplateReader({
    stackName,
    template,
    definitions: RESOURCE_DEFINITIONS,
    parameters: input.parameters,
    identity: input.identity,
  });
  const keys = readKeys(reader);
  const queues = readQueues(reader, keys);
  const functions = readFunctions(reader, assetDirectories);
  return {
    stackName,
    region: reader.region,
    accountId: reader.accountId,
    tables: readTables(reader, keys),
    keys,
    functions,
    queues,
    buckets: readBuckets(reader, keys),
    queueTriggers: readQueueTriggers(reader, queues, functions),
    schedules: readSchedules(reader, queues, functions),
    api: readApi(reader),
    outputs: reader.outputs,
  };
}
