import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { createCredentials, type FunctionCredentials, type SignedRequest } from '../../../local/iam/credentials.ts';
import { stackFixture } from '../../support/stack-fixture.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const { functions, region } = stackFixture({ Browse: [], Manage: [] });
const credentials = createCredentials({ functions, region, now: () => NOW });

/** Signature Version 4 written out, independently of the library that verifies it. */
function sign(
  { accessKeyId, secretAccessKey, sessionToken }: FunctionCredentials,
  body = '{}',
  amzDate = '20260102T030405Z',
): SignedRequest {
  const headers: Record<string, string> = {
    host: '127.0.0.1:1',
    'x-amz-date': amzDate,
    'x-amz-security-token': sessionToken,
    'x-amz-target': 'DynamoDB_20120810.GetItem',
  };
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
  const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const scope = `${amzDate.slice(0, 8)}/${region}/dynamodb/aws4_request`;
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonicalRequest = ['POST', '/', '', lines.join(''), names, hash(body)].join('\n');
  const stringToSign = ['AWS4-HMAC-SHA256', amzDate, scope, hash(canonicalRequest)].join('\n');
  const signingKey = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  const signature = hmac(signingKey, stringToSign).toString('hex');
  return {
    method: 'POST',
    path: '/',
    headers: {
      ...headers,
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
    },
    body: Buffer.from(body),
  };
}

const browse = credentials.of('Browse');

test('a signed request names its function and its service', async () => {
  const authentication = await credentials.authenticate(sign(browse));

  assert.deepEqual(authentication, { caller: functions[0], service: 'dynamodb' });
});

test('functions have credentials of their own', () => {
  assert.notEqual(browse.accessKeyId, credentials.of('Manage').accessKeyId);
  assert.throws(() => credentials.of('Nobody'), /Nobody is not a function of this stack/);
});

const signed = sign(browse);
const withHeader = (name: string, value: string): SignedRequest => ({
  ...signed,
  headers: { ...signed.headers, [name]: value },
});
const refused: readonly (readonly [string, string, SignedRequest])[] = [
  ['an unsigned request', 'MissingAuthenticationTokenException', { ...signed, headers: {} }],
  ['a malformed authorization', 'MissingAuthenticationTokenException', withHeader('authorization', 'Bearer x')],
  ['an unknown access key', 'UnrecognizedClientException', sign({ ...browse, accessKeyId: 'ASIANOBODY' })],
  [
    "another function's session token",
    'UnrecognizedClientException',
    sign({ ...browse, sessionToken: credentials.of('Manage').sessionToken }),
  ],
  ['another secret', 'InvalidSignatureException', sign({ ...browse, secretAccessKey: 'guess' })],
  ['another body', 'InvalidSignatureException', { ...signed, body: Buffer.from('{"more":1}') }],
  ['another operation', 'InvalidSignatureException', withHeader('x-amz-target', 'DynamoDB_20120810.PutItem')],
  ['another path', 'InvalidSignatureException', { ...signed, path: '/other' }],
  ['a signature from yesterday', 'InvalidSignatureException', sign(browse, '{}', '20260101T030405Z')],
  ['a signature from tomorrow', 'InvalidSignatureException', sign(browse, '{}', '20260103T030405Z')],
];
for (const [name, errorType, request] of refused) {
  test(`${name} is refused: ${errorType}`, async () => {
    const authentication = await credentials.authenticate(request);

    assert.equal('errorType' in authentication ? authentication.errorType : 'accepted', errorType);
  });
}
