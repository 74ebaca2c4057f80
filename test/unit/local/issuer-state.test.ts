import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createIssuerState } from '../../../local/issuer/issuer-state.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

function start(t: TestContext) {
  const dataDirectory = temporaryDirectory(t);
  const clock = { time: 1_000_000, now: () => clock.time };
  return { dataDirectory, clock, restart: () => createIssuerState(dataDirectory, clock) };
}

const client = (id: string) => ({ client_id: id, redirect_uris: [] });

test('clients, grants and refresh tokens are there after a restart, and nothing else is', async (t) => {
  const { restart } = start(t);
  const state = restart();
  const models = ['Client', 'Grant', 'RefreshToken', 'Session', 'AuthorizationCode', 'Interaction'];
  for (const model of models) await state(model).upsert('id', { kind: model }, 60);

  const restarted = restart();

  const found = await Promise.all(models.map(async (model) => (await restarted(model).find('id'))?.kind));
  assert.deepEqual(found, ['Client', 'Grant', 'RefreshToken', undefined, undefined, undefined]);
});

test('the file is for its owner only', async (t) => {
  const { dataDirectory, restart } = start(t);

  await restart()('Client').upsert('a', client('a'));

  assert.equal(statSync(join(dataDirectory, 'issuer-state.json')).mode & 0o777, 0o600);
});

test('what has ended is not found, also when it was written before', async (t) => {
  const { clock, restart } = start(t);
  const adapter = restart()('Grant');
  await adapter.upsert('a', { accountId: 'x', uid: 'u' }, 60);

  clock.time += 59_999;
  assert.ok(await adapter.find('a'));
  clock.time += 1;

  assert.deepEqual([await adapter.find('a'), await adapter.findByUid('u')], [undefined, undefined]);
  assert.equal(await restart()('Grant').find('a'), undefined);
});

test('of too many clients the oldest go', async (t) => {
  const { restart } = start(t);
  const adapter = restart()('Client');

  for (let index = 0; index <= 100; index += 1) await adapter.upsert(`c${index}`, client(`c${index}`));

  const kept = restart()('Client');
  assert.deepEqual([await kept.find('c0'), (await kept.find('c1'))?.client_id], [undefined, 'c1']);
  assert.ok(await kept.find('c100'));
});

test('a client that somebody allowed something outlives all that were only registered', async (t) => {
  const { restart } = start(t);
  const state = restart();
  await state('Client').upsert('mine', client('mine'));
  await state('Grant').upsert('g', { accountId: 'x', clientId: 'mine' }, 60);

  for (let index = 0; index <= 200; index += 1) await state('Client').upsert(`c${index}`, client(`c${index}`));

  const kept = restart()('Client');
  assert.ok(await kept.find('mine'));
  assert.deepEqual([await kept.find('c101'), (await kept.find('c102'))?.client_id], [undefined, 'c102']);
});

test('a new client finds room also where all others are in use', async (t) => {
  const { restart } = start(t);
  const state = restart();
  for (let index = 0; index < 100; index += 1) {
    await state('Client').upsert(`c${index}`, client(`c${index}`));
    await state('Grant').upsert(`g${index}`, { accountId: 'x', clientId: `c${index}` }, 60);
  }

  await state('Client').upsert('new', client('new'));

  assert.deepEqual(
    [await state('Client').find('c0'), (await state('Client').find('new'))?.client_id],
    [undefined, 'new'],
  );
});

test('what has ended goes before what has not', async (t) => {
  const { clock, restart } = start(t);
  const adapter = restart()('Session');
  await adapter.upsert('lasting', { uid: 'lasting' });
  for (let index = 1; index < 1_000; index += 1) await adapter.upsert(`s${index}`, { uid: `s${index}` }, 60);
  clock.time += 60_000;

  await adapter.upsert('new', { uid: 'new' });

  assert.ok(await adapter.find('lasting'));
});

test('a used token stays known as used', async (t) => {
  const { clock, restart } = start(t);
  const adapter = restart()('RefreshToken');
  await adapter.upsert('a', { grantId: 'g' }, 60);

  await adapter.consume('a');

  assert.equal((await restart()('RefreshToken').find('a'))?.consumed, clock.time / 1000);
});

test('what belongs to a grant ends with it', async (t) => {
  const { restart } = start(t);
  const adapter = restart()('RefreshToken');
  await adapter.upsert('a', { grantId: 'g' }, 60);
  await adapter.upsert('b', { grantId: 'other' }, 60);

  await adapter.revokeByGrantId('g');

  const restarted = restart()('RefreshToken');
  assert.equal(await restarted.find('a'), undefined);
  assert.ok(await restarted.find('b'));
});

test('what is destroyed is gone from the file', async (t) => {
  const { dataDirectory, restart } = start(t);
  const adapter = restart()('RefreshToken');
  await adapter.upsert('token-1', { grantId: 'g' }, 60);

  await adapter.destroy('token-1');

  assert.doesNotMatch(readFileSync(join(dataDirectory, 'issuer-state.json'), 'utf8'), /token-1/);
});

for (const broken of ['{', '[]', '{"Client":[["a",{"payload":1,"expiresAt":null}]]}']) {
  test(`a file with ${broken} stops the start and says what to do`, (t) => {
    const { dataDirectory, restart } = start(t);
    writeFileSync(join(dataDirectory, 'issuer-state.json'), broken);

    assert.throws(restart, /issuer-state\.json cannot be read: delete it, which signs every client out/);
  });
}
