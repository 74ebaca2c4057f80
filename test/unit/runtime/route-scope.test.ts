import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { opensRoute } from '../../../lambdas/runtime/http/route-scope.ts';

describe('a route', () => {
  it('opens to exactly its scope', () => {
    assert.ok(opensRoute(new Set(['tools:read', 'admin']), 'tools:read'));
    assert.ok(!opensRoute(new Set(['tools:call', 'admin']), 'tools:read'));
    assert.ok(!opensRoute(new Set(), 'tools:read'));
  });

  it('for any scope opens to each of them', () => {
    assert.ok(opensRoute(new Set(['servers:read']), 'any'));
  });

  it('for any scope does not open to a token without one', () => {
    assert.ok(!opensRoute(new Set(), 'any'));
  });

  it('without an authorizer is nothing that a scope opens', () => {
    assert.ok(!opensRoute(new Set(['admin']), 'open'));
  });
});
