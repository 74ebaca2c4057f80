import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { policyDocument } from './policy-document.ts';
import { MANAGEMENT_ONLY, type ResourceDefinition } from './resource-definition.ts';
import type { KeyModel } from './stack-model.ts';
import type { TemplateReader } from './template-reader.ts';

/** Symmetric encryption keys with their key policies. */
export function readKeys(reader: TemplateReader): KeyModel[] {
  return reader.logicalIds('AWS::KMS::Key').map((logicalId) => ({
    logicalId,
    keyId: reader.ref(logicalId),
    arn: reader.attribute(logicalId, 'Arn'),
    policy: reader.properties(logicalId, KEY).KeyPolicy,
  }));
}

const KEY = {
  properties: z.strictObject({
    KeyPolicy: policyDocument,
    Enabled: z.literal(true).optional(),
    KeySpec: z.literal('SYMMETRIC_DEFAULT').optional(),
    KeyUsage: z.literal('ENCRYPT_DECRYPT').optional(),
    MultiRegion: z.boolean().optional(),
  }),
  noEffect: {
    Description: MANAGEMENT_ONLY,
    EnableKeyRotation: 'rotation runs on a schedule of years',
    RotationPeriodInDays: 'rotation runs on a schedule of years',
    PendingWindowInDays: 'nothing deletes a local key',
    Tags: MANAGEMENT_ONLY,
  },
  newPhysicalId: (_stackName, _logicalId, { MultiRegion }) =>
    MultiRegion === true ? `mrk-${randomUUID().replaceAll('-', '')}` : randomUUID(),
  ref: (resource) => resource.physicalId(),
  attributes: {
    Arn: ({ region, accountId, physicalId }) => `arn:aws:kms:${region}:${accountId}:key/${physicalId()}`,
    KeyId: (resource) => resource.physicalId(),
  },
} satisfies ResourceDefinition;

const ALIAS = {
  properties: z.strictObject({}),
  noEffect: {
    AliasName: 'a name for operators; functions are given the key itself',
    TargetKeyId: 'a name for operators; functions are given the key itself',
  },
  ref: ({ text, logicalId }) => text('AliasName') ?? logicalId,
  attributes: {},
} satisfies ResourceDefinition;

export const KEY_DEFINITIONS = { 'AWS::KMS::Key': KEY, 'AWS::KMS::Alias': ALIAS };
