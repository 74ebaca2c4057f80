import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isOwnOrigin, parseUpstreamUrl } from '../../../lambdas/adapters/egress/parse-upstream-url.ts';
import { egressError, egressFor, publicOnly, scopeOf, withLoopback } from '../../support/egress.ts';
import { serveTcp } from '../../support/loopback-server.ts';
import vectors from './vectors.json' with { type: 'json' };

for (const { about, code, urls } of vectors.urls) {
  describe(`${about}: ${code}`, () => {
    for (const template of urls) {
      test(JSON.stringify(template), async (t) => {
        const trap = await serveTcp(t);
        const raw = template.replace('{port}', String(trap.port));
        const policy = code === 'PORT' ? publicOnly : { ...publicOnly, ports: [443, trap.port] };
        let lookups = 0;
        const egress = egressFor(t, policy, {
          lookup: (_hostname, answer) => {
            lookups += 1;
            answer(null, [{ address: '127.0.0.1' }]);
          },
        });

        assert.throws(() => egress.parse(raw), egressError(code));
        await assert.rejects(egress.fetchFor(scopeOf())(raw), egressError(code));

        assert.deepEqual({ lookups, connections: trap.connections.length }, { lookups: 0, connections: 0 });
      });
    }
  });
}

test('a url of 2048 characters is accepted, one more is too long', () => {
  const url = 'https://mcp.acme.dev/'.padEnd(2048, 'a');

  assert.equal(parseUpstreamUrl(url, publicOnly).href, url);
  assert.throws(() => parseUpstreamUrl(`${url}a`, publicOnly), egressError('TOO_LONG'));
});

test('a scope that takes longer urls is as strict about them', async (t) => {
  const fetch = egressFor(t, publicOnly).fetchFor(scopeOf({ maxUrlLength: 3000 }));
  const long = 'https://mcp.acme.dev/'.padEnd(2990, 'a');

  await assert.rejects(fetch(`${long}?a\\b`), egressError('BAD_CHARS'));
  await assert.rejects(fetch(long.replace('mcp.acme.dev', '10.0.0.1')), egressError('IP_NOT_PUBLIC'));
  await assert.rejects(fetch(long.padEnd(3001, 'a')), egressError('TOO_LONG'));
});

describe('accepted', () => {
  const urls = [
    ['https://mcp.acme.dev/', 'https://mcp.acme.dev/'],
    ['https://mcp.acme.dev/mcp?key=a%20b', 'https://mcp.acme.dev/mcp?key=a%20b'],
    ['HTTPS://MCP.ACME.DEV:443/mcp', 'https://mcp.acme.dev/mcp'],
    ['https://bücher.acme.dev/', 'https://xn--bcher-kva.acme.dev/'],
    ['https://127.0.0.1.nip.io/', 'https://127.0.0.1.nip.io/'],
    ['https://example.com/', 'https://example.com/'],
    [
      'https://c3d4.execute-api.eu-west-1.amazonaws.com/prod/mcp',
      'https://c3d4.execute-api.eu-west-1.amazonaws.com/prod/mcp',
    ],
    [`https://${'a'.repeat(63)}.acme.dev/`, `https://${'a'.repeat(63)}.acme.dev/`],
  ] as const;
  for (const [raw, href] of urls) {
    test(raw, () => {
      assert.equal(parseUpstreamUrl(raw, publicOnly).href, href);
    });
  }

  test('a port that the stage lists', () => {
    assert.equal(parseUpstreamUrl('https://mcp.acme.dev:8443/', { ...publicOnly, ports: [443, 8443] }).port, '8443');
  });
});

describe('the local stage', () => {
  const accepted = [
    'http://127.0.0.1:3000/mcp',
    'http://localhost:3000/mcp',
    'https://localhost:8443/mcp',
    'http://[::1]:3000/',
    'http://127.1:3000/',
  ];
  for (const raw of accepted) {
    test(`accepts ${raw}`, () => {
      assert.doesNotThrow(() => parseUpstreamUrl(raw, withLoopback));
    });
  }

  const refused = [
    ['http://mcp.acme.dev/', 'SCHEME'],
    ['http://10.0.0.1:3000/', 'SCHEME'],
    ['https://10.0.0.1/', 'IP_NOT_PUBLIC'],
    ['https://169.254.169.254/', 'IP_NOT_PUBLIC'],
    ['https://0.0.0.0/', 'IP_NOT_PUBLIC'],
    ['https://[::ffff:127.0.0.1]/', 'IP_NOT_PUBLIC'],
    ['https://foo.localhost/', 'HOST'],
    ['https://mcp.acme.dev:8443/', 'PORT'],
    ['http://u@localhost:3000/', 'USERINFO'],
    ['http:localhost:3000/', 'UNPARSEABLE'],
    ['ftp://localhost/', 'SCHEME'],
  ] as const;
  for (const [raw, code] of refused) {
    test(`refuses ${raw}: ${code}`, () => {
      assert.throws(() => parseUpstreamUrl(raw, withLoopback), egressError(code));
    });
  }
});

describe('own origins', () => {
  const cases = [
    ['http://127.0.0.1:3000/mcp', 'http://localhost:3000', true],
    ['http://localhost:3000/mcp', 'http://127.0.0.1:3000', true],
    ['http://[::1]:3000/mcp', 'http://localhost:3000', true],
    ['http://127.9.9.9:3000/mcp', 'http://localhost:3000', true],
    ['https://localhost:3000/mcp', 'http://localhost:3000', true],
    ['http://localhost:3001/mcp', 'http://localhost:3000', false],
    ['https://hub.acme.dev/mcp', 'https://hub.acme.dev', true],
    ['https://hub.acme.dev:8443/mcp', 'https://hub.acme.dev', true],
    ['https://mcp.acme.dev/mcp', 'https://hub.acme.dev', false],
  ] as const;
  for (const [url, own, expected] of cases) {
    test(`${url} ${expected ? 'belongs' : 'does not belong'} to a hub at ${own}`, () => {
      assert.equal(isOwnOrigin(new URL(url), [own]), expected);
    });
  }
});
