import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { type TestContext, test } from 'node:test';
import { startIssuer } from '../../support/running-issuer.ts';

/** `fetch` does not let a test choose the host. */
async function start(t: TestContext) {
  const { publicUrl } = await startIssuer(t);
  const { port } = new URL(publicUrl);
  async function get(path: string, host: string) {
    const sent = request({ host: '127.0.0.1', port, path, setHost: false, headers: { host } }).end();
    const [response] = await once(sent, 'response');
    const chunks = [];
    for await (const chunk of response) chunks.push(chunk);
    return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() };
  }
  return { port, get };
}

const ISSUER = '/oidc/.well-known/openid-configuration';

test('the API and the issuer answer by every name of this machine', async (t) => {
  const { port, get } = await start(t);

  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LocalHost:${port}`, `[::1]:${port}`]) {
    assert.equal((await get(ISSUER, host)).status, 200, host);
    assert.equal((await get('/v1/tools', host)).body, '{"message":"Missing Authentication Token"}', host);
  }
});

test('a request for another host is refused as API Gateway refuses an unknown domain', async (t) => {
  const { port, get } = await start(t);
  const hosts = ['evil.example', `evil.example:${port}`, 'localhost', '127.0.0.1:1', `127.0.0.1.nip.io:${port}`, ''];

  for (const host of hosts) {
    for (const path of [ISSUER, '/v1/tools']) {
      const { status, headers, body } = await get(path, host);

      assert.deepEqual([status, body], [403, '{"message":"Forbidden"}'], host);
      assert.equal(headers['x-amzn-errortype'], 'ForbiddenException');
    }
  }
});
