import * as z from 'zod';
import { readAsynchronous } from './asynchronous.ts';
import type { CloudAssembly } from './cloud-assembly.ts';
import { MANAGEMENT_ONLY, type ResourceDefinition } from './resource-definition.ts';
import { resourceName } from './resource-name.ts';
import { readRole } from './roles.ts';
import type { FunctionModel } from './stack-model.ts';
import type { TemplateReader } from './template-reader.ts';
import { wholeNumber } from './whole-number.ts';

/** Functions with the directory of the bundle that would be deployed. */
export function readFunctions(
  reader: TemplateReader,
  assetDirectories: CloudAssembly['assetDirectories'],
): FunctionModel[] {
  return reader.logicalIds('AWS::Lambda::Function').map((logicalId) => {
    const properties = reader.properties(logicalId, FUNCTION);
    const functionName = reader.ref(logicalId);
    const arn = reader.attribute(logicalId, 'Arn');
    const codeDirectory = assetDirectories.get(properties.Code.S3Key);
    if (codeDirectory === undefined) {
      throw new Error(`${logicalId}: code asset ${properties.Code.S3Key} is not in the cloud assembly`);
    }
    return {
      logicalId,
      functionName,
      arn,
      handler: properties.Handler,
      codeDirectory,
      environment: properties.Environment.Variables,
      timeoutSeconds: properties.Timeout,
      memoryMb: properties.MemorySize,
      reservedConcurrency: properties.ReservedConcurrentExecutions,
      logGroupName: properties.LoggingConfig.LogGroup ?? `/aws/lambda/${functionName}`,
      role: readRole(reader, { user: logicalId, roleArn: properties.Role, service: 'lambda.amazonaws.com' }),
      permissions: readPermissions(reader, [functionName, arn]),
      asynchronous: readAsynchronous(reader, [functionName, arn]),
    };
  });
}

function readPermissions(reader: TemplateReader, functionIds: readonly string[]): FunctionModel['permissions'] {
  return reader
    .logicalIds('AWS::Lambda::Permission')
    .map((id) => reader.properties(id, PERMISSION))
    .filter(({ FunctionName }) => functionIds.includes(FunctionName))
    .map(({ Principal, SourceArn }) => ({ principal: Principal, sourceArn: SourceArn }));
}

const FUNCTION = {
  properties: z.strictObject({
    FunctionName: z.string().optional(),
    Code: z.strictObject({ S3Bucket: z.string(), S3Key: z.string() }),
    Handler: z.string(),
    // The functions run on the Node.js that runs this: its major is the one that deploys.
    Runtime: z.literal(`nodejs${process.versions.node.split('.')[0]}.x`),
    PackageType: z.literal('Zip').optional(),
    Environment: z.strictObject({ Variables: z.record(z.string(), z.string()).default({}) }).default({ Variables: {} }),
    Timeout: wholeNumber(1, 900).default(3),
    MemorySize: wholeNumber(128, 10_240).default(128),
    ReservedConcurrentExecutions: wholeNumber(1, 1_000).optional(),
    // The format is the functions' own: they write JSON in any case.
    LoggingConfig: z.strictObject({ LogGroup: z.string().optional(), LogFormat: z.string().optional() }).default({}),
    Role: z.string(),
  }),
  noEffect: {
    Architectures: 'the bundles are JavaScript without native code',
    Description: MANAGEMENT_ONLY,
    EphemeralStorage: 'the local disk is not limited',
    KmsKeyArn: 'the environment of a local process is not stored',
    RecursiveLoop: 'a loop costs nothing locally',
    RuntimeManagementConfig: 'the runtime is the Node.js that runs this',
    Tags: MANAGEMENT_ONLY,
    TracingConfig: MANAGEMENT_ONLY,
  },
  ...resourceName('FunctionName', 64),
  attributes: {
    Arn: (resource) =>
      `arn:aws:lambda:${resource.region}:${resource.accountId}:function:${resource.text('FunctionName') ?? resource.physicalId()}`,
  },
} satisfies ResourceDefinition;

const PERMISSION = {
  properties: z.strictObject({
    Action: z.literal('lambda:InvokeFunction'),
    FunctionName: z.string(),
    Principal: z.string(),
    SourceArn: z.string().optional(),
  }),
  noEffect: { SourceAccount: 'there is one local account' },
  ref: ({ logicalId }) => logicalId,
  attributes: {},
} satisfies ResourceDefinition;

const LOG_GROUP = {
  properties: z.strictObject({ LogGroupName: z.string().optional() }),
  noEffect: {
    RetentionInDays: 'nothing is kept locally',
    KmsKeyId: 'nothing is kept locally',
    LogGroupClass: 'only a price',
    DataProtectionPolicy: 'nothing is kept locally',
    Tags: MANAGEMENT_ONLY,
  },
  ...resourceName('LogGroupName'),
  attributes: {
    Arn: (resource) =>
      `arn:aws:logs:${resource.region}:${resource.accountId}:log-group:${resource.text('LogGroupName') ?? resource.physicalId()}:*`,
  },
} satisfies ResourceDefinition;

export const FUNCTION_DEFINITIONS = {
  'AWS::Lambda::Function': FUNCTION,
  'AWS::Lambda::Permission': PERMISSION,
  'AWS::Logs::LogGroup': LOG_GROUP,
};
