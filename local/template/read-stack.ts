import { readApi } from './api.ts';
import { openCloudAssembly } from './cloud-assembly.ts';
import { readFunctions } from './functions.ts';
import { readKeys } from './keys.ts';
import { RESOURCE_DEFINITIONS } from './resource-definitions.ts';
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
  return {
    stackName,
    region: reader.region,
    accountId: reader.accountId,
    tables: readTables(reader, keys),
    keys,
    functions: readFunctions(reader, assetDirectories),
    api: readApi(reader),
    outputs: reader.outputs,
  };
}
