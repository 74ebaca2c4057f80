import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isConfigurableHeaderName, isSafeHeaderValue } from '../../../lambdas/adapters/egress/forbidden-headers.ts';

describe('a tenant may configure', () => {
  for (const name of ['authorization', 'X-API-Key', 'x-tenant', 'PRIVATE-TOKEN', 'cookie', 'x_1']) {
    test(name, () => {
      assert.equal(isConfigurableHeaderName(name), true);
    });
  }
});

describe('a tenant may not configure', () => {
  const framing = 'host content-length transfer-encoding connection te upgrade via expect trailer keep-alive Host HOST';
  const routing = 'proxy-authorization Proxy-Connection x-amz-date X-Amzn-Trace-Id x-forwarded-for forwarded origin';
  const content = 'accept accept-encoding content-type content-encoding set-cookie refresh';
  const protocol = 'mcp-session-id Mcp-Protocol-Version mcp-name last-event-id nexus-via';
  const noTokens = ['', 'a b', 'a:b', 'a\r\nhost', 'a\0', 'é', '☃', 'a'.repeat(129)];
  for (const name of [...`${framing} ${routing} ${content} ${protocol}`.split(' '), ...noTokens]) {
    test(JSON.stringify(name), () => {
      assert.equal(isConfigurableHeaderName(name), false);
    });
  }
});

describe('a header value', () => {
  for (const value of ['', 'Bearer abc.def', 'a\tb', '~!@#$%^&*()', 'a'.repeat(8192)]) {
    test(`may be ${JSON.stringify(value.slice(0, 40))}`, () => {
      assert.equal(isSafeHeaderValue(value), true);
    });
  }

  for (const value of ['a\r\nhost: b', 'a\nb', 'a\rb', 'a\0b', 'é', '☃', '\u007f', 'a'.repeat(8193)]) {
    test(`may not be ${JSON.stringify(value.slice(0, 40))}`, () => {
      assert.equal(isSafeHeaderValue(value), false);
    });
  }
});
