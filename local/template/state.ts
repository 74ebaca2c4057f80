import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import { prepareDataDirectory } from '../data-directory.ts';
import { readFileIfPresent, writePrivateFile } from '../private-file.ts';
import { openCloudAssembly, type Template } from './cloud-assembly.ts';
import { RESOURCE_DEFINITIONS } from './resource-definitions.ts';
import type { StackIdentity } from './template-reader.ts';

const REGION = 'us-east-1';
const ACCOUNT_ID = '000000000000';

/**
 * The physical ids of the stack's resources, new ones added and kept in the data directory. An id is never forgotten:
 * a resource that leaves the template and comes back finds its data again.
 */
export function loadIdentity(input: {
  readonly assemblyDirectory: string;
  readonly stackName?: string;
  readonly dataDirectory: string;
}): StackIdentity {
  const { stackName, template } = openCloudAssembly(input.assemblyDirectory, input.stackName);
  const file = join(input.dataDirectory, 'state.json');
  const earlier = readIds(file);
  const ids = {
    'AWS::StackId': `arn:aws:cloudformation:${REGION}:${ACCOUNT_ID}:stack/${stackName}/${randomUUID()}`,
    ...newPhysicalIds(stackName, template),
    ...earlier,
  };
  if (Object.keys(ids).length > Object.keys(earlier).length) {
    prepareDataDirectory(input.dataDirectory);
    writePrivateFile(file, JSON.stringify({ version: 1, ids }, undefined, 2));
  }
  return { region: REGION, accountId: ACCOUNT_ID, ids };
}

function newPhysicalIds(stackName: string, { Resources }: Template): Record<string, string> {
  return Object.fromEntries(
    Object.entries(Resources).flatMap(([logicalId, { Type, Properties }]) => {
      const physicalId = RESOURCE_DEFINITIONS[Type]?.newPhysicalId?.(stackName, logicalId, Properties);
      return physicalId === undefined ? [] : [[logicalId, physicalId]];
    }),
  );
}

const stateSchema = z.strictObject({ version: z.literal(1), ids: z.record(z.string(), z.string()) });

function readIds(file: string): Readonly<Record<string, string>> {
  const text = readFileIfPresent(file);
  return text === undefined ? {} : stateSchema.parse(JSON.parse(text)).ids;
}
