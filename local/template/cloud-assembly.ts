import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';

/** One stack of a CDK cloud assembly as it lies on disk, before any intrinsic is resolved. */
export interface CloudAssembly {
  readonly stackName: string;
  readonly template: Template;
  /** S3 object key of a deployed asset to the directory that holds it unzipped. */
  readonly assetDirectories: ReadonlyMap<string, string>;
}

/** Absent `stackName` means: the only stack there is. */
export function openCloudAssembly(assemblyDirectory: string, stackName?: string): CloudAssembly {
  const directory = resolve(assemblyDirectory);
  const { artifacts } = parseFile(join(directory, 'manifest.json'), manifestSchema);
  const stacks = Object.entries(artifacts).flatMap(([id, artifact]) => {
    const { templateFile, stackName: deployedName = id } = artifact.properties;
    return artifact.type === 'aws:cloudformation:stack' && templateFile !== undefined
      ? [{ name: deployedName, templateFile }]
      : [];
  });
  const candidates = stacks.filter(({ name }) => stackName === undefined || name === stackName);
  const [stack] = candidates;
  if (stack === undefined || candidates.length > 1) {
    const known = stacks.map(({ name }) => name).join(', ') || 'none';
    throw new Error(`expected one stack${stackName ? ` named ${stackName}` : ''} in ${directory}, found: ${known}`);
  }
  const assetManifests = Object.values(artifacts).flatMap(({ type, properties }) =>
    type === 'cdk:asset-manifest' && properties.file !== undefined ? [properties.file] : [],
  );
  return {
    stackName: stack.name,
    template: parseFile(join(directory, stack.templateFile), templateSchema),
    assetDirectories: new Map(assetManifests.flatMap((file) => readAssets(directory, file))),
  };
}

function readAssets(directory: string, assetManifestFile: string): [string, string][] {
  const { files } = parseFile(join(directory, assetManifestFile), assetManifestSchema);
  return Object.values(files).flatMap(({ source, destinations }) =>
    Object.values(destinations).map(({ objectKey }): [string, string] => [objectKey, join(directory, source.path)]),
  );
}

function parseFile<T>(file: string, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) {
    throw new Error(`${file} is not what the local runtime understands:\n${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}

const manifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      properties: z
        .object({
          templateFile: z.string().optional(),
          stackName: z.string().optional(),
          file: z.string().optional(),
        })
        .default({}),
    }),
  ),
});

const assetManifestSchema = z.object({
  files: z
    .record(
      z.string(),
      z.object({
        source: z.object({ path: z.string() }),
        destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
      }),
    )
    .default({}),
});

const resourceSchema = z.strictObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  Condition: z.string().optional(),
  DependsOn: z.unknown().optional(),
  Metadata: z.unknown().optional(),
  DeletionPolicy: z.unknown().optional(),
  UpdateReplacePolicy: z.unknown().optional(),
});
export type TemplateResource = z.infer<typeof resourceSchema>;

const parameterSchema = z.object({
  Type: z.string(),
  Default: z.union([z.string(), z.number()]).optional(),
  AllowedValues: z.array(z.unknown()).optional(),
});

// `Rules` are checks of a deployment (CDK's bootstrap version); there is nothing to check on one machine.
const templateSchema = z.strictObject({
  AWSTemplateFormatVersion: z.string().optional(),
  Description: z.string().optional(),
  Metadata: z.unknown().optional(),
  Rules: z.unknown().optional(),
  Parameters: z.record(z.string(), parameterSchema).default({}),
  Mappings: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Resources: z.record(z.string(), resourceSchema),
  Outputs: z.record(z.string(), z.object({ Value: z.unknown(), Condition: z.string().optional() })).default({}),
});
export type Template = z.infer<typeof templateSchema>;
