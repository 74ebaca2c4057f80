import type { ObjectReference } from '../iam/s3-access.ts';
import { AwsError } from './aws-error.ts';
import type { AwsHttpRequest } from './aws-request.ts';

export interface S3Request extends ObjectReference {
  readonly operation: string;
  readonly query: URLSearchParams;
  readonly headers: AwsHttpRequest['headers'];
  readonly body: Buffer;
}

/** What a request in path style asks for. Whatever is not emulated is refused with its name, as `NotImplemented`. */
export function parseS3Request({ method, url, headers, body }: AwsHttpRequest): S3Request {
  const [path = '', queryText = ''] = url.split('?', 2);
  const query = new URLSearchParams(queryText);
  const [, bucketName = '', ...rest] = path.split('/');
  const key =
    rest.length === 0 || (rest.length === 1 && rest[0] === '') ? undefined : decodeURIComponent(rest.join('/'));
  const operation = key === undefined ? bucketOperation(method, query) : OBJECT_OPERATIONS[method];
  if (operation === undefined || bucketName === '')
    throw notImplemented(`${method} of ${key === undefined ? 'a bucket' : 'an object'}`);
  assertEmulated(operation, query, headers);
  return {
    operation,
    bucketName,
    key,
    prefix: query.get('prefix') ?? undefined,
    delimiter: query.get('delimiter') ?? undefined,
    maxKeys: query.get('max-keys') ?? undefined,
    query,
    headers,
    body,
  };
}

const OBJECT_OPERATIONS: Readonly<Record<string, string>> = {
  GET: 'GetObject',
  HEAD: 'HeadObject',
  PUT: 'PutObject',
  DELETE: 'DeleteObject',
};

function bucketOperation(method: string, query: URLSearchParams): string | undefined {
  if (method === 'HEAD') return 'HeadBucket';
  return method === 'GET' && query.get('list-type') === '2' ? 'ListObjectsV2' : undefined;
}

const LIST_PARAMETERS = ['list-type', 'prefix', 'delimiter', 'max-keys', 'continuation-token', 'start-after'];

/** Headers that change what happens. Others of `x-amz-` would, if they were not refused. */
const KNOWN_HEADERS: Readonly<Record<string, readonly string[]>> = {
  PutObject: ['if-none-match', 'x-amz-checksum-crc32', 'x-amz-sdk-checksum-algorithm'],
  GetObject: ['x-amz-checksum-mode'],
  HeadObject: ['x-amz-checksum-mode'],
};
const EVERYWHERE = ['x-amz-content-sha256', 'x-amz-date', 'x-amz-security-token', 'x-amz-user-agent'];
const CONDITIONS = ['range', 'if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'];

function assertEmulated(operation: string, query: URLSearchParams, headers: AwsHttpRequest['headers']): void {
  const parameters = ['x-id', ...(operation === 'ListObjectsV2' ? LIST_PARAMETERS : [])];
  const unknown = [...query.keys()].find((name) => !parameters.includes(name));
  if (unknown !== undefined) throw notImplemented(`the parameter ${unknown} of ${operation}`);
  const known = [...EVERYWHERE, ...(KNOWN_HEADERS[operation] ?? [])];
  for (const [name, value] of Object.entries(headers)) {
    const matters = CONDITIONS.includes(name) || (name.startsWith('x-amz-') && !name.startsWith('x-amz-meta-'));
    if (matters && !known.includes(name)) throw notImplemented(`the header ${name}: ${value} of ${operation}`);
  }
}

/** An upload in chunks is signed otherwise: it is refused before its signature is looked at. */
export function assertWhole({ headers }: AwsHttpRequest): void {
  if (
    headers['x-amz-content-sha256']?.startsWith('STREAMING-') ||
    headers['content-encoding']?.includes('aws-chunked')
  ) {
    throw notImplemented('an upload in chunks: send the content as a buffer or a string');
  }
}

export const notImplemented = (what: string): AwsError =>
  new AwsError('NotImplemented', `the local S3 does not emulate ${what}`, { status: 501 });
