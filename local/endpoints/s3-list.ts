import type { DescribedObject, ObjectStore } from '../objects/object-store.ts';
import { AwsError } from './aws-error.ts';
import type { AwsAnswer } from './aws-request.ts';
import type { S3Request } from './s3-request.ts';

const MAX_KEYS = 1_000;

interface Page {
  readonly contents: readonly DescribedObject[];
  readonly commonPrefixes: readonly string[];
  /** Key or prefix that the next page comes after; absent on the last page. */
  readonly next: string | undefined;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export function listObjects(store: ObjectStore, request: S3Request): AwsAnswer {
  const { bucketName, prefix = '', delimiter = '', query } = request;
  const maxKeys = Number(request.maxKeys ?? MAX_KEYS);
  if (!Number.isInteger(maxKeys) || maxKeys < 0) throw new AwsError('InvalidArgument', 'max-keys is not a number');
  const token = query.get('continuation-token');
  const after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString('utf8');
  const page = readPage(store, { bucketName, prefix, delimiter, after, limit: Math.min(maxKeys, MAX_KEYS) });
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: Buffer.from(render(request, maxKeys, page)),
  };
}

function readPage(
  store: ObjectStore,
  from: { bucketName: string; prefix: string; delimiter: string; after: string; limit: number },
): Page {
  const { bucketName, prefix, delimiter, limit } = from;
  const contents: DescribedObject[] = [];
  const commonPrefixes: string[] = [];
  let after = from.after;
  while (contents.length + commonPrefixes.length < limit) {
    const [object] = store.list(bucketName, { prefix, after, limit: 1 });
    if (object === undefined) return { contents, commonPrefixes, next: undefined };
    const end = delimiter === '' ? -1 : object.key.indexOf(delimiter, prefix.length);
    if (end < 0) {
      contents.push(object);
      after = object.key;
    } else {
      const common = object.key.slice(0, end + delimiter.length);
      commonPrefixes.push(common);
      after = common + LAST_CHARACTER;
    }
  }
  const more = store.list(bucketName, { prefix, after, limit: 1 }).length > 0;
  return { contents, commonPrefixes, next: more && limit > 0 ? after : undefined };
}

/** Sorts behind whatever may follow a common prefix. */
const LAST_CHARACTER = '\u{10FFFF}';

function render({ bucketName, prefix = '', delimiter }: S3Request, maxKeys: number, page: Page): string {
  const { contents, commonPrefixes, next } = page;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    element('Name', bucketName),
    element('Prefix', prefix),
    delimiter === undefined ? '' : element('Delimiter', delimiter),
    element('KeyCount', contents.length + commonPrefixes.length),
    element('MaxKeys', maxKeys),
    element('IsTruncated', String(next !== undefined)),
    next === undefined ? '' : element('NextContinuationToken', Buffer.from(next).toString('base64url')),
    ...contents.map(
      ({ key, size, etag, modifiedAt }) =>
        `<Contents>${element('Key', key)}${element('LastModified', new Date(modifiedAt).toISOString())}${element('ETag', etag)}${element('Size', size)}${element('StorageClass', 'STANDARD')}</Contents>`,
    ),
    ...commonPrefixes.map((common) => `<CommonPrefixes>${element('Prefix', common)}</CommonPrefixes>`),
    '</ListBucketResult>',
  ].join('');
}

const element = (name: string, value: string | number): string => `<${name}>${escapeXml(String(value))}</${name}>`;

export const escapeXml = (text: string): string =>
  text.replace(/[&<>"\r\n]/g, (character) => `&#${character.charCodeAt(0)};`);
