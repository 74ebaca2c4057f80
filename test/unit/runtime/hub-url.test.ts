import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hubUrlOf, namesHub, requestUrlOf } from '../../../lambdas/runtime/http/hub-url.ts';

const facts = (domainName: string, path: string, resource = '/servers/{slug}/mcp') => ({
  resource,
  requestContext: { domainName, path },
});

const ADDRESSES: readonly (readonly [string, string, string, string])[] = [
  ["API Gateway's own, with the stage", 'abc.execute-api.eu-west-1.amazonaws.com', '/prod', 'https://'],
  ['a custom domain', 'hub.example.com', '', 'https://'],
  ['a custom domain with a base path', 'api.example.com', '/tools/hub', 'https://'],
  ['the local runtime', '127.0.0.1:8787', '', 'http://'],
  ['the local runtime by name', 'localhost:8787', '', 'http://'],
];

for (const [what, domain, prefix, scheme] of ADDRESSES) {
  describe(`the address of ${what}`, () => {
    const hub = `${scheme}${domain}${prefix}`;

    it('is the URL without what the route adds', () => {
      assert.equal(hubUrlOf(facts(domain, `${prefix}/servers/acme/mcp`)), hub);
      assert.equal(hubUrlOf(facts(domain, `${prefix}/mcp`, '/mcp')), hub);
    });

    it('is the same when the path ends in a slash', () => {
      assert.equal(hubUrlOf(facts(domain, `${prefix}/servers/acme/mcp/`)), hub);
    });

    it('leads to the requested URL', () => {
      assert.equal(requestUrlOf(facts(domain, `${prefix}/mcp`, '/mcp')), `${hub}/mcp`);
    });
  });
}

describe('a name that only looks like this machine', () => {
  for (const domain of ['localhost.example.com', '127.0.0.1.example.com', 'notlocalhost']) {
    it(`${domain} speaks https`, () => assert.equal(hubUrlOf(facts(domain, '/mcp', '/mcp')), `https://${domain}`));
  }
});

describe('an audience', () => {
  const hub = 'https://hub.example.com/prod';
  for (const path of ['', '/', '/mcp', '/servers/acme/mcp']) {
    it(`${hub}${path} is the hub at ${hub}`, () => assert.ok(namesHub(hub + path, hub)));
  }

  const others = [
    'https://hub.example.com',
    'https://hub.example.com/mcp',
    'https://hub.example.com/dev/mcp',
    'https://evil.example.com/prod/mcp',
    'http://hub.example.com/prod/mcp',
    `${hub}uction/mcp`,
    `${hub}.evil.example/mcp`,
    `${hub}/mcp/`,
    `${hub}/mcp?x`,
    `${hub}/v1/tools`,
    `${hub}/servers/../mcp`,
    `${hub}/servers/a/b/mcp`,
    `${hub}/servers//mcp`,
    `x${hub}/mcp`,
    '',
  ];
  for (const audience of others) {
    it(`"${audience}" is not`, () => assert.ok(!namesHub(audience, hub)));
  }
});
