import type { BucketModel, StackModel } from '../template/stack-model.ts';
import { type KeyAccess, serviceKeyAccesses } from './kms-access.ts';

/** An S3 request as far as permissions depend on it. */
export interface ObjectReference {
  readonly bucketName: string;
  /** Absent for requests about the bucket. */
  readonly key?: string | undefined;
  readonly prefix?: string | undefined;
  readonly delimiter?: string | undefined;
  readonly maxKeys?: string | undefined;
}

/** What one S3 request does to a bucket or an object. */
export interface ObjectAccess {
  readonly action: string;
  readonly resource: string;
  readonly bucket: BucketModel | undefined;
  readonly conditionKeys: Readonly<Record<string, string | undefined>>;
  readonly keyAccesses: readonly KeyAccess[];
}

const ACTIONS: Readonly<Record<string, { readonly action: string; readonly keyActions: readonly string[] }>> = {
  DeleteObject: { action: 'DeleteObject', keyActions: [] },
  GetObject: { action: 'GetObject', keyActions: ['Decrypt'] },
  HeadBucket: { action: 'ListBucket', keyActions: [] },
  HeadObject: { action: 'GetObject', keyActions: ['Decrypt'] },
  ListObjectsV2: { action: 'ListBucket', keyActions: [] },
  PutObject: { action: 'PutObject', keyActions: ['GenerateDataKey'] },
};

/** `undefined` for an operation that is not emulated. */
export function s3Accesses(
  stack: StackModel,
  operation: string,
  reference: ObjectReference,
): ObjectAccess[] | undefined {
  const needed = Object.hasOwn(ACTIONS, operation) ? ACTIONS[operation] : undefined;
  if (needed === undefined) return undefined;
  const { bucketName, key, prefix, delimiter, maxKeys } = reference;
  const bucket = stack.buckets.find((one) => one.bucketName === bucketName);
  const bucketArn = `arn:aws:s3:::${bucketName}`;
  const resource = key === undefined ? bucketArn : `${bucketArn}/${key}`;
  const bound = bucket?.bucketKey ? bucketArn : resource;
  return [
    {
      action: `s3:${needed.action}`,
      resource,
      bucket,
      conditionKeys: {
        's3:prefix': prefix,
        's3:delimiter': delimiter,
        's3:max-keys': maxKeys,
        // There is no TLS locally; a deployment's clients speak the newest.
        's3:TlsVersion': '1.3',
      },
      keyAccesses:
        bucket?.encryptionKeyArn === undefined
          ? []
          : serviceKeyAccesses(stack, bucket.encryptionKeyArn, {
              service: 's3',
              actions: needed.keyActions,
              encryptionContext: { 'aws:s3:arn': bound },
            }),
    },
  ];
}
