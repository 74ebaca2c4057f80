import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ACTION_INPUTS } from '../../lambdas/actions/action-inputs.ts';
import { METADATA_PATH, ROUTES, type Route } from '../../lambdas/contract.ts';
import { startTestHub, type TestHub } from '../support/test-hub.ts';
import { startModern } from '../support/upstreams/modern.ts';

const MARKER = 'only-of-the-first-tenant';

type ActionName = keyof typeof ACTION_INPUTS;
/** What may be asked for: a route, or one of the actions of the route that has some. */
type Asked = Route & { readonly action?: ActionName };

const ACTION_SCOPES: Readonly<Record<ActionName, Route['scope']>> = {
  health: 'any',
  list_tools: 'tools:read',
  list_resources: 'tools:read',
  list_prompts: 'tools:read',
  invoke: 'tools:call',
  get_resource: 'tools:call',
  get_prompt: 'tools:call',
  list_servers: 'servers:read',
  add_server: 'servers:write',
  update_server: 'servers:write',
  delete_server: 'servers:write',
};
const ACTIONS = Object.keys(ACTION_SCOPES) as ActionName[];

const PROTECTED = ROUTES.filter(({ scope }) => scope !== 'open').flatMap((route: Route): Asked[] =>
  route.handledBy === 'actions'
    ? ACTIONS.map((action) => ({ ...route, action, scope: ACTION_SCOPES[action] }))
    : [route],
);

const nameOf = ({ method, path, action }: Asked) => [method, path, action].filter(Boolean).join(' ');

/** A job of the first tenant, which has ended. */
let jobId = '';

/** The route with the ids of the first tenant's things in it. */
const pathOf = ({ path }: Route) => {
  const name = path.startsWith('/v1/prompts') ? 'mine_greet' : 'mine_echo';
  return path.replace('{slug}', 'mine').replace('{name}', name).replace('{id}', jobId);
};

/** A body that the route takes, so that only the caller can be the reason of a refusal. */
function bodyOf({ method, path, action }: Asked, url: string): unknown {
  if (action !== undefined) return { action, ...actionMembers(action, url) };
  if (method === 'GET' || method === 'DELETE') return undefined;
  if (path === '/v1/servers') return { slug: 'probe', url };
  if (path === '/v1/servers/{slug}') return { name: 'changed' };
  if (path.endsWith('/credential')) return { credential: 'k3y' };
  if (path.startsWith('/v1/admin/')) return { enabled: true };
  if (path.endsWith('/mcp')) return { jsonrpc: '2.0', id: 1, method: 'tools/list' };
  if (path.endsWith('/invoke')) return { arguments: { message: 'x' } };
  if (path === '/v1/resources/read') return { uri: 'mine+sample://greeting' };
  return {};
}

/** With the names of the first tenant's things. */
function actionMembers(action: ActionName, url: string): object {
  if (action === 'invoke') return { name: 'mine_echo', arguments: { message: 'x' } };
  if (action === 'get_resource') return { uri: 'mine+sample://greeting' };
  if (action === 'get_prompt') return { name: 'mine_greet' };
  if (action === 'add_server') return { slug: 'probe', url };
  if (action === 'update_server') return { slug: 'mine', name: 'changed' };
  return action === 'delete_server' ? { slug: 'mine' } : {};
}

/** Whether it is about one thing, which another tenant does not have. */
const isAboutOne = (asked: Asked, body: unknown): boolean =>
  asked.path.includes('{') || (asked.action !== 'add_server' && /mine/.test(JSON.stringify(body ?? '')));

const notFoundOf = ({ path }: Route) => (path.includes('{') ? 'server_not_found' : undefined);

describe('who may do what', () => {
  let hub: TestHub;
  let upstream: Awaited<ReturnType<typeof startModern>>;

  before(async () => {
    [hub, upstream] = await Promise.all([startTestHub(), startModern()]);
    await hub.register({ slug: 'mine', name: MARKER, url: upstream.url }, { tenant: 'first' });
    const body = { arguments: { message: MARKER }, mode: 'async' };
    const submitted = await hub.call('POST', '/v1/tools/mine_echo/invoke', { tenant: 'first', body });
    jobId = submitted.body.jobId;
    while ((await hub.call('GET', `/v1/jobs/${jobId}`, { tenant: 'first' })).body.status !== 'succeeded')
      await delay(50);
  });
  after(async () => {
    await Promise.all([hub?.close(), upstream?.close()]);
  });

  const scopes = ['tools:read', 'tools:call', 'servers:read', 'servers:write', 'admin'];
  const mint = (claims: Record<string, unknown>) => hub.hub.mintToken({ tenant: 'first', scopes, claims });
  const strangers: [string, () => Promise<string | null>][] = [
    ['no token', async () => null],
    ['a token that is none', async () => 'nonsense'],
    ['an expired token', () => mint({ exp: Math.floor(Date.now() / 1000) - 3600 })],
    ['a token for another audience', () => mint({ aud: 'https://other.example' })],
    ['a token of another issuer', () => mint({ iss: 'https://evil.example' })],
    ['a token with a broken signature', async () => withBrokenSignature(await mint({}))],
    [
      'a token with a changed tenant',
      async () => withTenant(await hub.hub.mintToken({ tenant: 'second', scopes }), 'first'),
    ],
  ];

  for (const route of PROTECTED) {
    for (const [who, token] of strangers) {
      it(`${nameOf(route)} answers 401 to ${who}`, async () => {
        const before = upstream.requests.length;
        const answer = await hub.call(route.method, pathOf(route), {
          token: await token(),
          body: bodyOf(route, upstream.url),
        });

        assert.equal(answer.status, 401);
        assert.equal(answer.body.code, 'unauthenticated');
        assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer /);
        assert.ok(!answer.text.includes(MARKER));
        assert.equal(upstream.requests.length, before);
      });
    }

    it(`${nameOf(route)} answers 403 without the scope ${route.scope}`, async () => {
      const others = scopes.filter((scope) => scope !== route.scope && route.scope !== 'any');
      const options = { tenant: 'first', scopes: others, body: bodyOf(route, upstream.url) };

      const answer = await hub.call(route.method, pathOf(route), options);

      assert.equal(answer.status, 403);
      assert.equal(answer.body.code, 'insufficient_scope');
      // API Gateway renames the header of an answer that is not its own.
      const challenge = ['www-authenticate', 'x-amzn-remapped-www-authenticate'].map((name) =>
        answer.headers.get(name),
      );
      assert.match(challenge.join(''), /^Bearer .*insufficient_scope/);
      assert.ok(!answer.text.includes(MARKER));
    });

    it(`${nameOf(route)} shows and does nothing of the first tenant to the second`, async () => {
      const before = upstream.requests.length;
      const probe = bodyOf(route, 'http://127.0.0.1:9/mcp');

      const answer = await hub.call(route.method, pathOf(route), { tenant: 'second', scopes, body: probe });

      assert.ok(!answer.text.includes(MARKER));
      assert.ok(!answer.text.includes('mine_echo') || answer.status === 404);
      assert.equal(upstream.requests.length, before);
      // An MCP endpoint tells of it in JSON-RPC.
      if (route.handledBy === 'mcp') assert.equal(answer.body.error?.data.code, notFoundOf(route));
      else if (isAboutOne(route, probe)) assert.equal(answer.status, 404);
      const own = await hub.call('GET', '/v1/servers/mine', { tenant: 'first' });
      assert.equal(own.body.name, MARKER);
    });
  }

  it('a token that expires while the authorizer remembers it is refused', async () => {
    // The clocks' tolerance of 30 s has almost run out.
    const expires = Math.floor(Date.now() / 1000) - 28;
    const token = await mint({ exp: expires });
    assert.equal((await hub.call('GET', '/v1/tools', { token })).status, 200);

    await delay((expires + 31) * 1000 - Date.now());

    const late = await hub.call('GET', '/v1/tools', { token });
    assert.equal(late.status, 401);
    assert.match(late.headers.get('x-amzn-remapped-www-authenticate') ?? '', /^Bearer .*invalid_token/);
  });

  it('open routes are exactly the health check and what says where tokens come from', () => {
    assert.deepEqual(
      ROUTES.filter(({ scope }) => scope === 'open').map(({ path }) => path),
      ['/v1/health', METADATA_PATH, `${METADATA_PATH}/mcp`, `${METADATA_PATH}/servers/{slug}/mcp`],
    );
  });

  it('a path that is no route is not found, and tells nothing', async () => {
    for (const path of ['/', '/v1', '/v1/servers/mine/secrets', '/v2/tools', '/v1/tools/..%2fservers']) {
      const answer = await hub.call('GET', path, { tenant: 'first' });
      assert.equal(answer.status, 404, path);
    }
  });

  it('two tenants use one slug without touching', async () => {
    const second = await startModern();
    second.offer.tools.splice(1);
    try {
      await hub.register({ slug: 'mine', name: 'other', url: second.url }, { tenant: 'twin' });

      const [ours, theirs] = await Promise.all(
        ['first', 'twin'].map((tenant) => hub.call('GET', '/v1/tools', { tenant })),
      );
      assert.equal(theirs?.body.tools.length, 1);
      assert.equal(ours?.body.tools.length, upstream.offer.tools.length);
      await hub.call('DELETE', '/v1/servers/mine', { tenant: 'twin' });
      assert.equal((await hub.call('GET', '/v1/servers/mine', { tenant: 'first' })).status, 200);
    } finally {
      await second.close();
    }
  });

  it('tenants whose ids begin alike do not see each other', async () => {
    for (const tenant of ['firs', 'first1', 'first.', 'first-second']) {
      assert.deepEqual(await hub.registered(tenant), [], tenant);
    }
  });
});

function withBrokenSignature(token: string): string {
  const [header, payload, signature = ''] = token.split('.');
  const middle = Math.floor(signature.length / 2);
  const other = signature[middle] === 'A' ? 'B' : 'A';
  return [header, payload, signature.slice(0, middle) + other + signature.slice(middle + 1)].join('.');
}

function withTenant(token: string, tenant: string): string {
  const [header, payload = '', signature] = token.split('.');
  const claims: object = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return [header, Buffer.from(JSON.stringify({ ...claims, tenant })).toString('base64url'), signature].join('.');
}
