import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { loadSigningKey } from '../../../local/signing-key.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const program = fileURLToPath(new URL('../../../local/token.ts', import.meta.url));

function run(t: TestContext, args: readonly string[], env: Record<string, string> = {}) {
  const dataDirectory = temporaryDirectory(t);
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    env: { NEXUS_DATA: dataDirectory, ...env },
    encoding: 'utf8',
  });
  return { status, stdout, stderr, dataDirectory };
}

test('without a running hub the token is printed, alone, for the hub of PORT and NEXUS_DATA', async (t) => {
  const { status, stdout, stderr, dataDirectory } = run(t, ['--tenant', 'acme'], { PORT: '9000' });
  const { publicJwk } = await loadSigningKey(dataDirectory);

  const { payload } = await jwtVerify(stdout.trim(), createLocalJWKSet({ keys: [publicJwk] }), {
    issuer: 'http://127.0.0.1:9000/oidc',
    audience: 'http://127.0.0.1:9000',
  });

  assert.deepEqual([status, stderr, stdout.split('\n').length], [0, '', 2]);
  assert.partialDeepStrictEqual(payload, {
    tenant: 'acme',
    sub: 'local-user',
    scope: 'tools:read tools:call servers:read servers:write',
  });
});

test('scope, subject and lifetime can be chosen', async (t) => {
  const args = ['--tenant', 'acme', '--scope', 'admin tools:read', '--subject', 'ann', '--expires', '15m'];

  const { stdout } = run(t, args);

  const claims = JSON.parse(Buffer.from(stdout.split('.')[1] ?? '', 'base64url').toString());
  assert.partialDeepStrictEqual(claims, { scope: 'admin tools:read', sub: 'ann' });
  assert.equal(claims.exp - claims.iat, 900);
});

test('a token may live for a year', (t) => {
  assert.equal(run(t, ['--tenant', 'acme', '--expires', '365d']).status, 0);
});

test('help goes to standard output and is no error', (t) => {
  const { status, stdout } = run(t, ['--help']);

  assert.equal(status, 0);
  assert.match(stdout, /--tenant NAME/);
});

const mistakes: readonly [what: string, args: string[], message: RegExp, env?: Record<string, string>][] = [
  ['no tenant', [], /--tenant is missing/],
  ['a tenant that is no name', ['--tenant', 'a b'], /--tenant a b is not a valid tenant name/],
  ['an unknown scope', ['--tenant', 'a', '--scope', 'tools:read everything'], /--scope everything is not a scope/],
  ['a lifetime without a unit', ['--tenant', 'a', '--expires', '60'], /--expires 60 is not a time/],
  [
    'a lifetime of more than a year',
    ['--tenant', 'a', '--expires', '366d'],
    /--expires 366d is longer .*: 365d at most/,
  ],
  ['a lifetime without end', ['--tenant', 'a', '--expires', '999999999d'], /365d at most/],
  ['a year and a second', ['--tenant', 'a', '--expires', '31536001s'], /365d at most/],
  ['an unknown option', ['--tenant', 'a', '--role', 'x'], /--role/],
  ['a value that is no option', ['acme'], /acme/],
  ['a port that is no number', ['--tenant', 'a'], /PORT is http: set it to a number/, { PORT: 'http' }],
  ['no usable data directory', ['--tenant', 'a'], /set NEXUS_DATA to a directory/, { NEXUS_DATA: '/dev/null' }],
];

for (const [what, args, message, env] of mistakes) {
  test(`${what} is explained on standard error with status 2`, (t) => {
    const { status, stdout, stderr } = run(t, args, env);

    assert.deepEqual([status, stdout], [2, '']);
    assert.match(stderr, message);
    assert.match(stderr, /npm run -s token/);
  });
}
