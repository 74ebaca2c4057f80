import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import * as z from 'zod';
import type { DescribedObject, ObjectStore, StoredObject } from '../objects/object-store.ts';
import type { BucketModel } from '../template/stack-model.ts';
import { AwsError } from './aws-error.ts';
import type { AwsAnswer } from './aws-request.ts';
import { listObjects } from './s3-list.ts';
import { notImplemented, type S3Request } from './s3-request.ts';

export interface LocalS3 {
  /** Answers one request, or throws AWS's error. `mayList`: whether the caller may learn which objects there are. */
  handle(request: S3Request, mayList: () => boolean): AwsAnswer;
}

/** S3 with the buckets of the template: objects whole, no versions. */
export function createLocalS3(input: {
  readonly buckets: readonly BucketModel[];
  readonly store: ObjectStore;
  readonly now: () => number;
}): LocalS3 {
  const { buckets, store, now } = input;

  const find = ({ bucketName, key = '' }: S3Request, mayList: () => boolean): StoredObject => {
    const found = store.get(bucketName, key);
    if (found !== undefined) return found;
    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html#API_GetObject_RequestSyntax: permissions
    if (!mayList()) throw new AwsError('AccessDenied', 'Access Denied', { status: 403 });
    throw new AwsError('NoSuchKey', 'The specified key does not exist.', { status: 404 });
  };

  const put = ({ bucketName, key = '', headers, body }: S3Request): AwsAnswer => {
    assertIntact(headers['x-amz-checksum-crc32'], body);
    const condition = headers['if-none-match'];
    if (condition !== undefined && condition !== '*') throw notImplemented(`the condition if-none-match: ${condition}`);
    if (condition === '*' && store.get(bucketName, key) !== undefined) {
      throw new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
        status: 412,
      });
    }
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    store.put(bucketName, { key, body, etag, headers: JSON.stringify(keptHeaders(headers)), modifiedAt: now() });
    return { status: 200, headers: { etag, ...checksum(body) }, body: Buffer.alloc(0) };
  };

  const operations: Readonly<Record<string, (request: S3Request, mayList: () => boolean) => AwsAnswer>> = {
    PutObject: put,
    GetObject(request, mayList) {
      const found = find(request, mayList);
      const body = Buffer.from(found.body);
      return { status: 200, headers: { ...describe(found), ...checksumIfAsked(request, body) }, body };
    },
    HeadObject(request, mayList) {
      const found = find(request, mayList);
      const headers = { ...describe(found), 'content-length': String(found.size) };
      return { status: 200, headers, body: Buffer.alloc(0) };
    },
    DeleteObject({ bucketName, key = '' }) {
      store.delete(bucketName, key);
      return { status: 204, headers: {}, body: Buffer.alloc(0) };
    },
    HeadBucket: () => ({ status: 200, headers: {}, body: Buffer.alloc(0) }),
    ListObjectsV2: (request) => listObjects(store, request),
  };

  return {
    handle(request, mayList) {
      if (!buckets.some(({ bucketName }) => bucketName === request.bucketName)) {
        throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', { status: 404 });
      }
      const perform = operations[request.operation];
      if (perform === undefined) throw notImplemented(request.operation);
      return perform(request, mayList);
    },
  };
}

/** Deletes what the buckets' life cycles have ended. S3 counts days from midnight; here they are of 24 hours. */
export function expireObjects(store: ObjectStore, buckets: readonly BucketModel[], now: number): number {
  return buckets
    .flatMap(({ bucketName, expirations }) => expirations.map((rule) => ({ bucketName, ...rule })))
    .reduce((sum, { bucketName, prefix, days }) => sum + store.expire(bucketName, prefix, now - days * 86_400_000), 0);
}

/** Headers of an upload that come back with the object. */
const KEPT = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];

const keptHeaders = (headers: S3Request['headers']): object =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => KEPT.includes(name) || name.startsWith('x-amz-meta-')));

const headersSchema = z.record(z.string(), z.string());

const describe = ({ headers, etag, modifiedAt }: DescribedObject): Record<string, string> => ({
  'content-type': 'binary/octet-stream',
  ...headersSchema.parse(JSON.parse(headers)),
  'accept-ranges': 'bytes',
  'last-modified': new Date(modifiedAt).toUTCString(),
  etag,
});

const checksum = (body: Buffer): Record<string, string> => ({ 'x-amz-checksum-crc32': crc32Of(body) });

const checksumIfAsked = ({ headers }: S3Request, body: Buffer): Record<string, string> =>
  headers['x-amz-checksum-mode'] === 'ENABLED' ? checksum(body) : {};

function crc32Of(body: Buffer): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return bytes.toString('base64');
}

function assertIntact(expected: string | undefined, body: Buffer): void {
  if (expected === undefined || expected === crc32Of(body)) return;
  throw new AwsError('BadDigest', 'The CRC32 you specified did not match the calculated checksum.');
}
