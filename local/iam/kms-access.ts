import * as z from 'zod';
import type { KeyModel, StackModel } from '../template/stack-model.ts';

/** One use of one key: the unit that IAM decides about. */
export interface KeyAccess {
  readonly action: string;
  readonly key: KeyModel;
  readonly conditionKeys: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Reads the id of the key that made a ciphertext; `undefined` for what no key made. */
export type CiphertextKeyId = (blob: string) => string | undefined;

const context = z.record(z.string(), z.string()).optional();
const request = z.object({
  KeyId: z.string().optional(),
  CiphertextBlob: z.string().optional(),
  EncryptionContext: context,
  SourceKeyId: z.string().optional(),
  SourceEncryptionContext: context,
  DestinationKeyId: z.string().optional(),
  DestinationEncryptionContext: context,
});

/**
 * The accesses that a request needs. A key that does not exist needs none: the endpoint answers that it is not found.
 * `undefined` for an operation that no function may ever use locally.
 */
export function kmsAccesses(
  stack: StackModel,
  operation: string,
  body: unknown,
  ciphertextKeyId: CiphertextKeyId,
): KeyAccess[] | undefined {
  const input = request.parse(body);
  const sealedBy = input.CiphertextBlob === undefined ? undefined : ciphertextKeyId(input.CiphertextBlob);
  switch (operation) {
    case 'Decrypt':
      return use(stack, operation, input.KeyId ?? sealedBy, input.EncryptionContext);
    case 'DescribeKey':
    case 'Encrypt':
    case 'GenerateDataKey':
    case 'GenerateDataKeyWithoutPlaintext':
      return use(stack, operation, input.KeyId, input.EncryptionContext);
    case 'ReEncrypt':
      return [
        ...use(stack, 'ReEncryptFrom', input.SourceKeyId ?? sealedBy, input.SourceEncryptionContext),
        ...use(stack, 'ReEncryptTo', input.DestinationKeyId, input.DestinationEncryptionContext),
      ];
    default:
      return undefined;
  }
}

/** KMS permissions that DynamoDB needs of the caller; the same that CDK's `grantReadData` and `grantWriteData` give. */
export function tableKeyAccesses(
  stack: StackModel,
  keyArn: string,
  tableName: string,
  data: 'read' | 'write',
): KeyAccess[] {
  return serviceKeyAccesses(stack, keyArn, {
    service: 'dynamodb',
    actions: data === 'read' ? ['Decrypt'] : ['Decrypt', 'Encrypt', 'GenerateDataKey'],
    encryptionContext: { 'aws:dynamodb:tableName': tableName, 'aws:dynamodb:subscriberId': stack.accountId },
  });
}

/** What a service does with a key on its caller's behalf, with the caller's permissions. */
export function serviceKeyAccesses(
  stack: StackModel,
  keyArn: string,
  by: {
    readonly service: 'dynamodb' | 'sqs' | 's3';
    readonly actions: readonly string[];
    readonly encryptionContext: Readonly<Record<string, string>>;
  },
): KeyAccess[] {
  const conditionKeys = {
    'kms:ViaService': `${by.service}.${stack.region}.amazonaws.com`,
    'aws:ViaAWSService': 'true',
  };
  return by.actions.flatMap((action) =>
    use(stack, action, keyArn, by.encryptionContext).map((access) => ({
      ...access,
      conditionKeys: { ...access.conditionKeys, ...conditionKeys },
    })),
  );
}

function use(
  stack: StackModel,
  action: string,
  idOrArn: string | undefined,
  encryptionContext: Readonly<Record<string, string>> = {},
): KeyAccess[] {
  const key = stack.keys.find(({ keyId, arn }) => idOrArn === keyId || idOrArn === arn);
  if (key === undefined) {
    return [];
  }
  const pairs = Object.entries(encryptionContext).map(
    ([name, value]) => [`kms:EncryptionContext:${name}`, value] as const,
  );
  return [
    {
      action: `kms:${action}`,
      key,
      conditionKeys: {
        ...Object.fromEntries(pairs),
        'kms:EncryptionContextKeys': Object.keys(encryptionContext),
        'kms:CallerAccount': stack.accountId,
        'kms:EncryptionAlgorithm': action === 'DescribeKey' ? undefined : 'SYMMETRIC_DEFAULT',
      },
    },
  ];
}
