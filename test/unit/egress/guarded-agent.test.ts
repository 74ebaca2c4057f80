import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { egressFor, scopeOf, withLoopback } from '../../support/egress.ts';
import { hungUp, serveHttp } from '../../support/loopback-server.ts';

async function setUp(t: TestContext) {
  const server = await serveHttp(t, (_request, response) => response.end('ok'));
  const clock = { now: 1_000_000 };
  const egress = egressFor(t, withLoopback, { now: () => clock.now });
  const get = async (partition: string) => {
    const response = await egress.fetchFor(scopeOf({ partition }))(`http://localhost:${server.port}/`);
    return response.text();
  };
  return { server, clock, egress, get };
}

test('a second request of a partition uses the connection of the first', async (t) => {
  const { server, get } = await setUp(t);

  await get('acme/github');
  await get('acme/github');

  assert.equal(server.connections.length, 1);
});

test('partitions never share a connection', async (t) => {
  const { server, get } = await setUp(t);

  for (const partition of ['acme/github', 'globex/github', 'acme/maps', 'acme', '', 'acme/github'])
    await get(partition);

  assert.equal(server.connections.length, 5);
});

test('requests at the same time use connections of their own', async (t) => {
  const { server, get } = await setUp(t);

  await Promise.all([get('acme'), get('acme'), get('acme')]);

  assert.equal(server.connections.length, 3);
});

test('a connection that was idle for 4 s is used once more', async (t) => {
  const { server, clock, get } = await setUp(t);

  await get('acme');
  clock.now += 4000;
  await get('acme');

  assert.equal(server.connections.length, 1);
});

test('a connection that was idle for longer is closed and replaced', async (t) => {
  const { server, clock, get } = await setUp(t);
  await get('acme');
  const gone = hungUp(server.connections[0]);

  clock.now += 4001;
  await get('acme');

  assert.equal(server.connections.length, 2);
  await gone;
});

test('any request closes the stale connections of all partitions', async (t) => {
  const { server, clock, get } = await setUp(t);
  await get('acme');
  const gone = hungUp(server.connections[0]);

  clock.now += 4001;
  await get('globex');

  await gone;
});

test('an answer that nobody reads leaves its connection usable once it was given up', async (t) => {
  const { server, egress, get } = await setUp(t);
  const response = await egress.fetchFor(scopeOf())(`http://localhost:${server.port}/`);

  await response.body?.cancel();
  await get('acme');

  assert.equal(server.connections.length, 1);
});

test('closing ends idle connections', async (t) => {
  const { server, egress, get } = await setUp(t);
  await get('acme');
  const gone = hungUp(server.connections[0]);

  egress.close();

  await gone;
});
