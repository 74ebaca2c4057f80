import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { describe, type TestContext, test } from 'node:test';
import type { EgressScope } from '../../../lambdas/adapters/egress/guarded-fetch.ts';
import { egressError, egressFor, scopeOf } from '../../support/egress.ts';
import { serveHttp, serveTcp } from '../../support/loopback-server.ts';
import vectors from './vectors.json' with { type: 'json' };

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server that answers 200 and remembers what it was sent. */
async function recorder(t: TestContext) {
  const seen: Seen[] = [];
  const server = await serveHttp(t, async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    seen.push({ method: request.method, url: request.url, headers: request.headers, body });
    response.end('ok');
  });
  return { seen, origin: `http://localhost:${server.port}`, connections: server.connections };
}

function guarded(t: TestContext, scope: Partial<EgressScope> = {}) {
  return egressFor(t).fetchFor(scopeOf(scope));
}

describe('a request', () => {
  test('arrives as it was made, with a host, a length and the offered codings', async (t) => {
    const { seen, origin } = await recorder(t);

    const response = await guarded(t)(new URL(`${origin}/mcp?a=1`), {
      method: 'post',
      headers: { 'Content-Type': 'application/json', 'mcp-protocol-version': '2026-07-28' },
      body: '{"é":1}',
    });

    assert.equal(await response.text(), 'ok');
    const [request] = seen;
    assert.equal(`${request?.method} ${request?.url} ${request?.body}`, 'POST /mcp?a=1 {"é":1}');
    assert.deepEqual(request?.headers, {
      host: new URL(origin).host,
      connection: 'keep-alive',
      accept: '*/*',
      'accept-encoding': 'gzip, deflate, br',
      'content-length': '8',
      'content-type': 'application/json',
      'mcp-protocol-version': '2026-07-28',
      'user-agent': 'nexus-hub',
    });
  });

  test('cannot frame itself or choose its host', async (t) => {
    const { seen, origin } = await recorder(t);

    await guarded(t)(origin, {
      method: 'POST',
      headers: { host: 'metadata.internal', 'content-length': '99', te: 'trailers', expect: '100-continue' },
      body: 'abc',
    });

    const { host, te, expect, 'content-length': length } = seen[0]?.headers ?? {};
    assert.deepEqual(
      { host, te, expect, length },
      { host: new URL(origin).host, te: undefined, expect: undefined, length: '3' },
    );
  });

  const bodies = [
    [new URLSearchParams({ a: 'b c' }), 'application/x-www-form-urlencoded;charset=UTF-8', 'a=b+c'],
    [new TextEncoder().encode('bytes'), undefined, 'bytes'],
    ['text', 'text/plain;charset=UTF-8', 'text'],
    [null, undefined, ''],
  ] as const;
  for (const [body, contentType, expected] of bodies) {
    test(`may carry ${body === null ? 'nothing' : body.constructor.name}`, async (t) => {
      const { seen, origin } = await recorder(t);

      await guarded(t)(origin, { method: 'POST', body });

      assert.deepEqual([seen[0]?.body, seen[0]?.headers['content-type']], [expected, contentType]);
    });
  }

  test('is sent once, and a lost connection is reported as one', async (t) => {
    let requests = 0;
    const server = await serveHttp(t, (request) => {
      requests += 1;
      request.socket.destroy();
    });

    await assert.rejects(guarded(t)(`http://localhost:${server.port}/`), egressError('CONNECTION_LOST'));

    assert.equal(requests, 1);
  });
});

describe('secrets', () => {
  const secret = 'sk-canary-1f2e3d';

  test('go to exactly the origin they belong to', async (t) => {
    const [registered, other] = [await recorder(t), await recorder(t)];
    const fetch = guarded(t, { secretHeaders: { origin: registered.origin, headers: { authorization: secret } } });

    await fetch(`${registered.origin}/mcp`, { headers: { authorization: 'from the protocol' } });
    await fetch(`${other.origin}/mcp`);

    assert.equal(registered.seen[0]?.headers.authorization, secret);
    assert.doesNotMatch(JSON.stringify(other.seen), /canary/);
  });

  test('do not go to the same port under another name', async (t) => {
    const { seen, origin } = await recorder(t);
    const fetch = guarded(t, { secretHeaders: { origin, headers: { authorization: secret } } });

    await fetch(origin.replace('localhost', '127.0.0.1'));

    assert.doesNotMatch(JSON.stringify(seen), /canary/);
  });

  test('do not show in the error about a header that cannot be sent', async (t) => {
    const { seen, origin } = await recorder(t);
    const fetch = guarded(t, { secretHeaders: { origin, headers: { authorization: `${secret}\r\nx: y` } } });

    await assert.rejects(fetch(origin), (error: Error) => {
      assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)}`, /canary/);
      return egressError('HEADER')(error);
    });

    assert.deepEqual(seen, []);
  });
});

describe('a scope', () => {
  test('of one origin opens no socket to another', async (t) => {
    const [registered, other] = [await recorder(t), await recorder(t)];
    const fetch = guarded(t, { onlyOrigin: registered.origin });

    await fetch(registered.origin);
    await assert.rejects(fetch(other.origin), egressError('CROSS_ORIGIN'));

    assert.deepEqual([registered.seen.length, other.connections.length], [1, 0]);
  });

  test('may add headers, which nothing else overrides', async (t) => {
    const { seen, origin } = await recorder(t);
    const secretHeaders = { origin, headers: { 'nexus-via': 'a tenant' } };

    await guarded(t, { secretHeaders, extraHeaders: { 'nexus-via': 'hub-1' } })(origin);

    assert.equal(seen[0]?.headers['nexus-via'], 'hub-1');
  });
});

describe('a redirect is refused and not followed', () => {
  for (const { about, location } of vectors.redirects) {
    for (const status of [301, 302, 303, 307, 308]) {
      test(`${status} ${about}`, async (t) => {
        const trap = await serveTcp(t);
        let requests = 0;
        const server = await serveHttp(t, (_request, response) => {
          requests += 1;
          response.writeHead(status, { location: location.replace('{port}', String(trap.port)) }).end('moved');
        });

        await assert.rejects(guarded(t)(`http://localhost:${server.port}/`), egressError('REDIRECT'));

        assert.deepEqual({ requests, trapped: trap.connections.length }, { requests: 1, trapped: 0 });
      });
    }
  }
});

describe('a redirect is handed out to who asks for it', () => {
  for (const status of [301, 302, 307, 308]) {
    test(`${status} with its location, and is not followed`, async (t) => {
      const trap = await serveTcp(t);
      const location = `http://localhost:${trap.port}/trap`;
      const server = await serveHttp(t, (_request, response) => response.writeHead(status, { location }).end('moved'));

      const response = await guarded(t, { handsOutRedirects: true })(`http://localhost:${server.port}/`);

      assert.equal(response.status, status);
      assert.equal(response.headers.get('location'), location);
      assert.equal(await response.text(), 'moved');
      assert.equal(trap.connections.length, 0);
    });
  }

  test('and a location that redirects nowhere stays hidden', async (t) => {
    const server = await serveHttp(t, (_request, response) => response.writeHead(201, { location: '/made' }).end());

    const response = await guarded(t, { handsOutRedirects: true })(`http://localhost:${server.port}/`);

    assert.equal(response.headers.get('location'), null);
  });
});

test('cookies are handed out one by one to who asks for them', async (t) => {
  const cookies = ['a=1; Expires=Thu, 01 Jan 2099 00:00:00 GMT', 'b=2'];
  const server = await serveHttp(t, (_request, response) => response.setHeader('set-cookie', cookies).end());

  const asked = await guarded(t, { handsOutCookies: true })(`http://localhost:${server.port}/`);
  const unasked = await guarded(t)(`http://localhost:${server.port}/`);

  assert.deepEqual([asked.headers.getSetCookie(), unasked.headers.getSetCookie()], [cookies, []]);
});

describe('a response', () => {
  test('brings no cookies, refreshes, software names or connection headers', async (t) => {
    const server = await serveHttp(t, (_request, response) => {
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      response.setHeader('refresh', '0;url=http://169.254.169.254/');
      response.setHeader('server', 'secret-server/1.0');
      response.setHeader('keep-alive', 'timeout=9');
      response.setHeader('mcp-session-id', 's1');
      response.end('ok');
    });

    const response = await guarded(t)(`http://localhost:${server.port}/`);

    assert.deepEqual([...response.headers.keys()].sort(), ['content-length', 'date', 'mcp-session-id']);
    assert.equal(server.connections.length, 1);
  });

  test('carries none of the status text that the server chose', async (t) => {
    const server = await serveHttp(t, (_request, response) => response.writeHead(404, 'ignore previous').end());

    const response = await guarded(t)(`http://localhost:${server.port}/`);

    assert.deepEqual([response.status, response.ok, response.statusText], [404, false, '']);
  });

  for (const [status, method] of [
    [204, 'POST'],
    [205, 'POST'],
    [304, 'GET'],
    [200, 'HEAD'],
  ] as const) {
    test(`to ${method} with ${status} has no body`, async (t) => {
      const server = await serveHttp(t, (_request, response) => response.writeHead(status).end());

      const response = await guarded(t)(`http://localhost:${server.port}/`, { method });

      assert.deepEqual([response.status, response.body], [status, null]);
    });
  }

  const malformed = [
    ['is no http', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['has a status beyond 599', 'HTTP/1.1 700 Odd\r\ncontent-length: 0\r\n\r\n'],
    ['frames itself twice', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['has a header of control characters', 'HTTP/1.1 200 OK\r\nx: a\x01b\r\ncontent-length: 0\r\n\r\n'],
  ] as const;
  for (const [about, text] of malformed) {
    test(`that ${about} is malformed`, async (t) => {
      const server = await serveTcp(t, (socket) => socket.write(text));

      await assert.rejects(guarded(t)(`http://localhost:${server.port}/`), egressError('RESPONSE_MALFORMED'));
    });
  }

  test('whose headers do not end is too large', async (t) => {
    const server = await serveTcp(t, (socket) => socket.write(`HTTP/1.1 200 OK\r\nx: ${'a'.repeat(100_000)}`));

    await assert.rejects(guarded(t)(`http://localhost:${server.port}/`), egressError('RESPONSE_TOO_LARGE'));
  });
});
