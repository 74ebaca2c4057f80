import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCredentials, type SignedRequest } from '../../../local/iam/credentials.ts';
import { signV4 } from '../../support/sign-v4.ts';
import { stackFixture } from '../../support/stack-fixture.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const { functions, region } = stackFixture({ Browse: [], Manage: [] });
const credentials = createCredentials({ functions, region, now: () => NOW });

const request = {
  host: '127.0.0.1:1',
  region,
  service: 'dynamodb',
  target: 'DynamoDB_20120810.GetItem',
  body: '{}',
  at: new Date(NOW),
};
const DAY = 86_400_000;

const browse = credentials.of('Browse');

test('a signed request names its function and its service', async () => {
  const authentication = await credentials.authenticate(signV4(browse, request));

  assert.deepEqual(authentication, { caller: functions[0], service: 'dynamodb' });
});

test('functions have credentials of their own', () => {
  assert.notEqual(browse.accessKeyId, credentials.of('Manage').accessKeyId);
  assert.throws(() => credentials.of('Nobody'), /Nobody is not a function of this stack/);
});

const signed = signV4(browse, request);
const withHeader = (name: string, value: string): SignedRequest => ({
  ...signed,
  headers: { ...signed.headers, [name]: value },
});
const refused: readonly (readonly [string, string, SignedRequest])[] = [
  ['an unsigned request', 'MissingAuthenticationTokenException', { ...signed, headers: {} }],
  ['a malformed authorization', 'MissingAuthenticationTokenException', withHeader('authorization', 'Bearer x')],
  ['an unknown access key', 'UnrecognizedClientException', signV4({ ...browse, accessKeyId: 'ASIANOBODY' }, request)],
  [
    "another function's session token",
    'UnrecognizedClientException',
    signV4({ ...browse, sessionToken: credentials.of('Manage').sessionToken }, request),
  ],
  ['another secret', 'InvalidSignatureException', signV4({ ...browse, secretAccessKey: 'guess' }, request)],
  ['another body', 'InvalidSignatureException', { ...signed, body: Buffer.from('{"more":1}') }],
  ['another operation', 'InvalidSignatureException', withHeader('x-amz-target', 'DynamoDB_20120810.PutItem')],
  ['another path', 'InvalidSignatureException', { ...signed, path: '/other' }],
  ['a signature from yesterday', 'InvalidSignatureException', signV4(browse, { ...request, at: new Date(NOW - DAY) })],
  ['a signature from tomorrow', 'InvalidSignatureException', signV4(browse, { ...request, at: new Date(NOW + DAY) })],
];
for (const [name, errorType, attempt] of refused) {
  test(`${name} is refused: ${errorType}`, async () => {
    const authentication = await credentials.authenticate(attempt);

    assert.equal('errorType' in authentication ? authentication.errorType : 'accepted', errorType);
  });
}
