import { createHash, createHmac } from 'node:crypto';
import type { FunctionCredentials, SignedRequest } from '../../local/iam/credentials.ts';

export interface UnsignedRequest {
  readonly host: string;
  readonly region: string;
  readonly service: string;
  /** `DynamoDB_20120810.GetItem` */
  readonly target: string;
  readonly body: string;
  readonly at: Date;
}

/** Signature Version 4 written out, independently of the library that verifies it. */
export function signV4(
  { accessKeyId, secretAccessKey, sessionToken }: FunctionCredentials,
  { host, region, service, target, body, at }: UnsignedRequest,
): SignedRequest {
  const amzDate = at.toISOString().replace(/[-:]|\.\d{3}/g, '');
  const headers = {
    host,
    'x-amz-content-sha256': hash(body),
    'x-amz-date': amzDate,
    'x-amz-security-token': sessionToken,
    'x-amz-target': target,
  };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonicalRequest = ['POST', '/', '', lines.join(''), names, hash(body)].join('\n');
  const scope = `${amzDate.slice(0, 8)}/${region}/${service}/aws4_request`;
  const stringToSign = ['AWS4-HMAC-SHA256', amzDate, scope, hash(canonicalRequest)].join('\n');
  const signingKey = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  const signature = hmac(signingKey, stringToSign).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { method: 'POST', path: '/', headers: { ...headers, authorization }, body: Buffer.from(body) };
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
