import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { locate } from '../../../lambdas/adapters/upstreams/rest/locate.ts';
import { ToolInputError } from '../../../lambdas/hub/system/rest-tool.ts';

const API = new URL('https://api.example.com');

describe('where a request goes', () => {
  it('is below the address of the server', () => {
    const url = locate(new URL('https://example.com/proxy/brave/'), { path: '/res/v1/web', query: [] });

    assert.equal(url.href, 'https://example.com/proxy/brave/res/v1/web');
  });

  it('carries the query encoded, in its order, names twice if they come twice', () => {
    const query = [
      ['q', 'a&b=c d#é'],
      ['ids', '1='],
      ['ids', '2'],
    ] as const;

    const url = locate(API, { path: '/x', query });

    assert.equal(url.search, '?q=a%26b%3Dc+d%23%C3%A9&ids=1%3D&ids=2');
    assert.deepEqual([...url.searchParams], query);
  });

  for (const path of ['//evil.example/x', '/\\evil.example', 'https://evil.example/x', '/@evil.example', '/a?b#c']) {
    it(`${path} is a path of the server`, () => {
      const { origin, hash, search } = locate(API, { path, query: [] });

      assert.deepEqual({ origin, hash, search }, { origin: API.origin, hash: '', search: '' });
    });
  }

  for (const segment of ['..', '.', '%2e%2E', '.%2e', 'a\\..']) {
    it(`${segment} is refused, because it would lead to another operation`, () => {
      assert.throws(() => locate(API, { path: `/repos/${segment}/user`, query: [] }), ToolInputError);
    });
  }

  it('never leaves the origin, nor the path of the address, whatever the path is made of', () => {
    const base = new URL('https://example.com/api');

    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (parts) => {
        const path = parts.map((part) => `/${part.isWellFormed() ? encodeURIComponent(part) : 'x'}`).join('');
        try {
          const url = locate(base, { path, query: [] });
          assert.equal(url.origin, base.origin);
          assert.ok(url.pathname.startsWith('/api'));
        } catch (error) {
          assert.ok(error instanceof ToolInputError);
        }
      }),
    );
  });
});
