import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { type Destination, type Lookup, openCheckedSocket } from '../../../lambdas/adapters/egress/checked-socket.ts';
import { egressError, egressFor, publicOnly, scopeOf, withLoopback } from '../../support/egress.ts';
import { hungUp, serveHttp, serveHttps, serveTcp } from '../../support/loopback-server.ts';
import vectors from './vectors.json' with { type: 'json' };

const fixture = (name: string) => readFileSync(new URL(`../../support/tls/${name}`, import.meta.url), 'utf8');
const credentials = { key: fixture('localhost.key.pem'), cert: fixture('localhost.cert.pem') };
const neverCalled: Lookup = () => assert.fail('the resolver was asked');

function answering(...answers: readonly string[]): Lookup {
  return (_hostname, answer) =>
    answer(
      null,
      answers.map((address) => ({ address })),
    );
}

function open(to: Partial<Destination>, lookup: Lookup, allowLoopback = false) {
  const destination = { secure: false, host: 'localhost', port: 443, signal: AbortSignal.timeout(5000), ...to };
  return openCheckedSocket(destination, { allowLoopback, lookup, connectTimeoutMs: 2000 });
}

describe('a resolver that answers', () => {
  for (const { about, host, answers, code } of vectors.answers) {
    for (const timing of ['at once', 'later'] as const) {
      test(`${about}, ${timing}: ${code}`, async (t) => {
        const trap = await serveTcp(t);
        const lookup: Lookup = (_hostname, answer) => {
          const respond = () =>
            answers === null
              ? answer(new Error('SERVFAIL'), [])
              : answer(
                  null,
                  answers.map((address) => ({ address })),
                );
          if (timing === 'later') setImmediate(respond);
          else respond();
        };
        const egress = egressFor(t, { ...publicOnly, ports: [trap.port] }, { lookup });

        await assert.rejects(egress.fetchFor(scopeOf())(`https://${host}:${trap.port}/`), egressError(code));

        assert.equal(trap.connections.length, 0);
      });
    }
  }
});

test('a name is resolved and checked anew for every connection', async (t) => {
  const server = await serveHttp(t, (_request, response) => response.setHeader('connection', 'close').end());
  const answers = ['127.0.0.1', '10.0.0.1'];
  const lookup: Lookup = (_hostname, answer) => answer(null, [{ address: answers.shift() ?? '' }]);
  const guarded = egressFor(t, withLoopback, { lookup }).fetchFor(scopeOf());

  await (await guarded(`http://localhost:${server.port}/`)).text();

  await assert.rejects(guarded(`http://localhost:${server.port}/`), egressError('DNS_NOT_PUBLIC'));
});

test('the address that was checked is the one that is used', async (t) => {
  const trap = await serveTcp(t);
  let reads = 0;
  const shifty = {
    get address() {
      reads += 1;
      return reads === 1 ? '10.0.0.1' : '127.0.0.1';
    },
  };

  await assert.rejects(
    open({ port: trap.port }, (_hostname, answer) => answer(null, [shifty]), true),
    egressError('DNS_NOT_PUBLIC'),
  );

  assert.deepEqual({ reads, connections: trap.connections.length }, { reads: 1, connections: 0 });
});

describe('an address that slipped through parsing is refused without asking a resolver', () => {
  for (const host of ['127.0.0.1', '::1', '169.254.169.254', '10.0.0.1', '::ffff:7f00:1', 'fe80::1']) {
    test(host, async (t) => {
      const trap = await serveTcp(t);

      await assert.rejects(open({ host, port: trap.port }, neverCalled), egressError('IP_NOT_PUBLIC'));

      assert.equal(trap.connections.length, 0);
    });
  }
});

test('the loopback names are ordinary, private names outside of the local stage', async (t) => {
  const trap = await serveTcp(t);

  await assert.rejects(open({ port: trap.port }, answering('127.0.0.1')), egressError('DNS_NOT_PUBLIC'));

  assert.equal(trap.connections.length, 0);
});

test('in the local stage, a loopback name may lead to loopback only', async () => {
  await assert.rejects(open({}, answering('93.184.216.34'), true), egressError('DNS_NOT_PUBLIC'));
});

test('in the local stage, a public name may not lead to loopback', async () => {
  await assert.rejects(open({ host: 'mcp.acme.dev' }, answering('127.0.0.1'), true), egressError('DNS_NOT_PUBLIC'));
});

for (const secure of [false, true]) {
  test(`a ${secure ? 'tls' : 'plain'} connection that led elsewhere ends before its first byte`, async (t) => {
    const received: Buffer[] = [];
    const server = await serveTcp(t, (socket) => socket.on('data', (chunk) => received.push(chunk)));
    t.mock.method(Socket.prototype, 'connect', connectAndClaim('10.0.0.1'));

    await assert.rejects(
      open({ secure, port: server.port }, answering('127.0.0.1'), true),
      egressError('PEER_NOT_PUBLIC'),
    );

    assert.deepEqual(received, []);
  });
}

test('nobody listening is a failed connection', async () => {
  const reserved = 1;

  await assert.rejects(open({ port: reserved }, answering('127.0.0.1'), true), egressError('CONNECT_FAILED'));
});

test('a resolver that never answers times out', async () => {
  const connecting = openCheckedSocket(
    { secure: true, host: 'mcp.acme.dev', port: 443, signal: AbortSignal.timeout(5000) },
    { allowLoopback: false, lookup: () => {}, connectTimeoutMs: 20 },
  );

  await assert.rejects(connecting, egressError('CONNECT_TIMEOUT'));
});

test('a server that never answers the handshake times out, and its socket is closed', async (t) => {
  const server = await serveTcp(t, (socket) => socket.resume());
  const connecting = openCheckedSocket(
    { secure: true, host: 'localhost', port: server.port, signal: AbortSignal.timeout(5000) },
    { allowLoopback: true, lookup: answering('127.0.0.1'), connectTimeoutMs: 50 },
  );

  await assert.rejects(connecting, egressError('CONNECT_TIMEOUT'));

  await hungUp(server.connections[0]);
});

test('an abort ends a connection that is being opened', async (t) => {
  const server = await serveTcp(t, (socket) => socket.resume());
  const controller = new AbortController();
  const connecting = open(
    { secure: true, port: server.port, signal: controller.signal },
    (_hostname, answer) => {
      answer(null, [{ address: '127.0.0.1' }]);
      setImmediate(() => controller.abort());
    },
    true,
  );

  await assert.rejects(connecting, egressError('ABORTED'));
});

test('nothing is opened for a request that was aborted before', async () => {
  await assert.rejects(open({ signal: AbortSignal.abort() }, neverCalled, true), egressError('ABORTED'));
});

describe('tls', () => {
  test('a certificate that nothing vouches for is refused, whatever the environment says', async (t) => {
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    t.after(() => delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']);
    const server = await serveHttps(t, credentials, (_request, response) => response.end('secret'));
    const guarded = egressFor(t, withLoopback, { lookup: answering('127.0.0.1') }).fetchFor(scopeOf());

    await assert.rejects(guarded(`https://localhost:${server.port}/`), egressError('TLS_FAILED'));
  });

  test('a server that speaks no tls is refused', async (t) => {
    const server = await serveTcp(t, (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'));

    await assert.rejects(
      open({ secure: true, port: server.port }, answering('127.0.0.1'), true),
      egressError('TLS_FAILED'),
    );
  });

  test('a trusted server is reached by its name, and by a second request over the same connection', async (t) => {
    trustOurCertificate(t);
    const server = await serveHttps(t, credentials, (request, response) => response.end(request.headers.host));
    const guarded = egressFor(t, withLoopback, { lookup: answering('127.0.0.1') }).fetchFor(scopeOf());

    const first = await (await guarded(`https://localhost:${server.port}/`)).text();
    const second = await (await guarded(`https://localhost:${server.port}/`)).text();

    assert.deepEqual([first, second], [`localhost:${server.port}`, `localhost:${server.port}`]);
    assert.equal(server.connections.length, 1);
  });

  test('a server is told the name it is called by', async (t) => {
    trustOurCertificate(t);
    const server = await serveHttps(t, credentials, ({ socket }, response) => {
      response.end('servername' in socket ? socket.servername : 'no tls');
    });
    const guarded = egressFor(t, withLoopback, { lookup: answering('127.0.0.1') }).fetchFor(scopeOf());

    assert.equal(await (await guarded(`https://localhost:${server.port}/`)).text(), 'localhost');
  });

  test('a certificate for another name is refused', async (t) => {
    trustOurCertificate(t);
    const server = await serveHttps(t, credentials, (_request, response) => response.end('secret'));

    await assert.rejects(
      open({ secure: true, host: '127.0.0.1', port: server.port }, neverCalled, true),
      egressError('TLS_FAILED'),
    );
  });
});

/** What a socket would say that got somewhere else than it was told to, in spite of all checks. */
function connectAndClaim(remoteAddress: string) {
  const connect = Socket.prototype.connect;
  return function (this: Socket, ...to: unknown[]) {
    Object.defineProperty(this, 'remoteAddress', { value: remoteAddress });
    return Reflect.apply(connect, this, to);
  };
}

function trustOurCertificate(t: TestContext): void {
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, credentials.cert]);
  t.after(() => setDefaultCACertificates(before));
}
