import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRouteTable } from '../../../local/api/route-table.ts';
import type { RouteModel } from '../../../local/template/stack-model.ts';

const route = (httpMethod: string, path: string): RouteModel => ({
  httpMethod,
  path,
  authorizer: undefined,
  integration: { type: 'mock', statusCode: 200, headers: {} },
});

// The order is the worst one: the least specific first.
const table = createRouteTable([
  route('ANY', '/files/{proxy+}'),
  route('GET', '/v1/servers/{slug}'),
  route('POST', '/v1/servers/{slug}/sync'),
  route('GET', '/v1/servers/health'),
  route('GET', '/v1/servers'),
  route('GET', '/'),
]);

const cases: readonly [what: string, method: string, path: string, found: string | undefined, parameters?: object][] = [
  ['an exact path', 'GET', '/v1/servers', '/v1/servers'],
  ['the root', 'GET', '/', '/'],
  ['a parameter', 'GET', '/v1/servers/brave', '/v1/servers/{slug}', { slug: 'brave' }],
  ['an exact path before a parameter', 'GET', '/v1/servers/health', '/v1/servers/health'],
  ['a parameter inside the path', 'POST', '/v1/servers/brave/sync', '/v1/servers/{slug}/sync', { slug: 'brave' }],
  ['a trailing slash', 'GET', '/v1/servers/', '/v1/servers'],
  ['a percent-encoded parameter', 'GET', '/v1/servers/a%2Fb%20c+d', '/v1/servers/{slug}', { slug: 'a/b c+d' }],
  ['a malformed escape', 'GET', '/v1/servers/a%zz', '/v1/servers/{slug}', { slug: 'a%zz' }],
  ['a greedy parameter', 'PUT', '/files/a/b%20c', '/files/{proxy+}', { proxy: 'a/b c' }],
  ['nothing for a greedy parameter', 'GET', '/files', undefined],
  ['an empty parameter', 'POST', '/v1/servers//sync', undefined],
  ['a method that only a less specific resource has', 'POST', '/v1/servers/health', undefined],
  ['a path that differs in case', 'GET', '/V1/servers', undefined],
  ['a longer path', 'GET', '/v1/servers/brave/more', undefined],
];

for (const [what, method, path, found, parameters = {}] of cases) {
  test(`${what}: ${method} ${path} is ${found ?? 'no route'}`, () => {
    const match = table.match(method, path);

    assert.equal(match?.route.path, found);
    if (match !== undefined) assert.deepEqual(match.pathParameters, parameters);
  });
}
