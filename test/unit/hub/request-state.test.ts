import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { DecryptCommand } from '@aws-sdk/client-kms';
import fc from 'fast-check';
import { createKmsSecretBox, type VaultKms } from '../../../lambdas/adapters/kms-vault/kms-secret-box.ts';
import { createRequestStates, type StateBinding } from '../../../lambdas/hub/calls/request-state.ts';
import { HubError } from '../../../lambdas/hub/hub-error.ts';
import { Secret } from '../../../lambdas/hub/secret.ts';
import type { JsonObject } from '../../../lambdas/hub/json.ts';
import { createInMemoryKms } from '../../support/in-memory-kms.ts';
import { type CallerOptions, principalOf } from '../../support/mcp/mcp-caller.ts';

const THIRTY_MINUTES = 30 * 60_000;

function setUp(kms: VaultKms = createInMemoryKms()) {
  const clock = { now: 1_000_000 };
  const now = () => clock.now;
  const box = createKmsSecretBox({ kms, keyArn: 'key', stage: 'test', purpose: 'request-state', now });
  return { box, clock, states: createRequestStates({ box, now }) };
}

const bindingOf = (more: Partial<StateBinding> = {}, caller: CallerOptions = {}): StateBinding => ({
  principal: principalOf(caller),
  serverId: 'srv-1',
  method: 'tools/call',
  name: 'demo_book',
  arguments: { city: 'Bern', guests: 2 },
  ...more,
});

function refusal(error: unknown): true {
  assert.ok(error instanceof HubError, `expected a HubError, got ${String(error)}`);
  assert.equal(error.code, 'invalid_request');
  assert.equal(error.cause, undefined);
  return true;
}

describe('the state of a request that waits for input', () => {
  it('opens for the same caller and the same request', async () => {
    const { states } = setUp();

    const sealed = await states.seal(bindingOf(), 'round 1 of böoking 🏨');

    assert.equal(await states.open(bindingOf(), sealed), 'round 1 of böoking 🏨');
  });

  it('opens in another environment, which has only the key in common', async () => {
    const kms = createInMemoryKms();
    const sealed = await setUp(kms).states.seal(bindingOf(), 'state');

    assert.equal(await setUp(kms).states.open(bindingOf(), sealed), 'state');
  });

  it('opens at its greatest length', async () => {
    const { states } = setUp();
    for (const longest of ['x'.repeat(64 * 1024 - 2), 'é'.repeat(32 * 1024 - 1), '\u0000'.repeat(10 * 1024)]) {
      assert.equal(await states.open(bindingOf(), await states.seal(bindingOf(), longest)), longest);
    }
  });

  it('may be empty', async () => {
    const { states } = setUp();

    assert.equal(await states.open(bindingOf(), await states.seal(bindingOf(), '')), '');
  });

  const others: Readonly<Record<string, StateBinding>> = {
    'another tenant': bindingOf({}, { tenant: 'globex' }),
    'another subject': bindingOf({}, { subject: 'eve' }),
    'another client': bindingOf({}, { clientId: 'other' }),
    'no client': bindingOf({}, { clientId: undefined }),
    'another server': bindingOf({ serverId: 'srv-2' }),
    'another method': bindingOf({ method: 'prompts/get' }),
    'another name': bindingOf({ name: 'demo_cancel' }),
    'another argument': bindingOf({ arguments: { city: 'Bern', guests: 3 } }),
    'one argument less': bindingOf({ arguments: { city: 'Bern' } }),
    'one argument more': bindingOf({ arguments: { city: 'Bern', guests: 2, admin: true } }),
    'an argument of another type': bindingOf({ arguments: { city: 'Bern', guests: '2' } }),
    'parts that were put together differently': bindingOf({ method: 'tools', name: 'calldemo_book' }),
  };
  for (const [about, other] of Object.entries(others)) {
    it(`does not open for ${about}`, async () => {
      const { states } = setUp();
      const sealed = await states.seal(bindingOf(), 'state');
      await states.open(bindingOf(), sealed);

      await assert.rejects(states.open(other, sealed), refusal);
    });
  }

  it('does not open for a client where it was sealed for none', async () => {
    const { states } = setUp();
    const sealed = await states.seal(bindingOf({}, { clientId: undefined }), 'state');

    await assert.rejects(states.open(bindingOf({}, { clientId: 'null' }), sealed), refusal);
  });

  it('does not ask in which order the arguments come', async () => {
    const { states } = setUp();
    const shuffled = (members: [string, JsonObject][]) => ({ deep: Object.fromEntries(members) });
    const member = fc.tuple(fc.string({ unit: 'binary' }), fc.constant({ a: 1 }));
    const members = fc
      .uniqueArray(member, { selector: ([name]) => name, minLength: 2, maxLength: 6 })
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
    await fc.assert(
      fc.asyncProperty(members, async ([one, other]) => {
        const sealed = await states.seal(bindingOf({ arguments: shuffled(one) }), 'state');

        assert.equal(await states.open(bindingOf({ arguments: shuffled(other) }), sealed), 'state');
      }),
      { numRuns: 50 },
    );
  });

  it('opens for 30 minutes and not for longer, whatever is remembered', async () => {
    const { states, clock } = setUp();
    const sealed = await states.seal(bindingOf(), 'state');

    clock.now += THIRTY_MINUTES;
    assert.equal(await states.open(bindingOf(), sealed), 'state');
    clock.now += 1;
    await assert.rejects(states.open(bindingOf(), sealed), refusal);
  });

  it('does not open with one bit changed, wherever it is', async () => {
    const { states } = setUp();
    const sealed = Buffer.from(await states.seal(bindingOf(), 'state'), 'base64url');
    const bit = fc.tuple(fc.nat(sealed.length - 1), fc.nat(7));
    await fc.assert(
      fc.asyncProperty(bit, async ([at, shift]) => {
        const changed = Buffer.from(sealed);
        changed.writeUInt8(changed.readUInt8(at) ^ (1 << shift), at);

        await assert.rejects(states.open(bindingOf(), changed.toString('base64url')), refusal);
      }),
      { numRuns: 300 },
    );
  });

  it('does not open when something is cut off or appended', async () => {
    const { states } = setUp();
    const sealed = Buffer.from(await states.seal(bindingOf(), 'state'), 'base64url');
    for (let length = 0; length < sealed.length; length += 1) {
      await assert.rejects(states.open(bindingOf(), sealed.subarray(0, length).toString('base64url')), refusal);
    }
    const longer = Buffer.concat([sealed, Buffer.from([0])]).toString('base64url');

    await assert.rejects(states.open(bindingOf(), longer), refusal);
  });

  it('is never found in what somebody made up', async () => {
    const { states } = setUp();
    const madeUp = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.base64String(),
      fc
        .uint8Array({ minLength: 95, maxLength: 400 })
        .map((bytes) => Buffer.from([1, 0, 1, ...bytes]).toString('base64url')),
    );
    await fc.assert(
      fc.asyncProperty(madeUp, async (text) => {
        await assert.rejects(states.open(bindingOf(), text), refusal);
      }),
    );
  });

  it('is not looked at when it is longer than any that the hub gives', async () => {
    const kms = createInMemoryKms();
    const { states } = setUp(kms);

    await assert.rejects(states.open(bindingOf(), 'A'.repeat(128 * 1024 + 1)), refusal);

    assert.equal(kms.commands.length, 0);
  });

  it('is handed out short enough to be taken back, however long a server may make its own', async () => {
    const { states } = setUp();
    const longest = 'x'.repeat(64 * 1024);

    assert.equal(await states.open(bindingOf(), await states.seal(bindingOf(), longest)), longest);
  });

  it('shows nothing of what it holds', async () => {
    const { states } = setUp();
    const secret = 'upstream-secret-state';

    const sealed = await states.seal(bindingOf(), secret);

    assert.match(sealed, /^[A-Za-z0-9_-]+$/);
    for (const hidden of [secret, 'demo_book', 'Bern', 'ada', 'acme']) {
      assert.ok(!Buffer.from(sealed, 'base64url').includes(hidden), hidden);
      assert.ok(!sealed.includes(Buffer.from(hidden).toString('base64url')), hidden);
    }
  });

  it('does not open as a secret of the same server, nor the other way round', async () => {
    const kms = createInMemoryKms();
    const { states } = setUp(kms);
    const config = createKmsSecretBox({ kms, keyArn: 'key', stage: 'test', purpose: 'upstream-config', now: () => 0 });
    const row = { tenantId: bindingOf().principal.tenantId, serverId: 'srv-1' };
    const state = Buffer.from(await states.seal(bindingOf(), 'state'), 'base64url');
    const credential = await config.seal(row, new Secret<Uint8Array>(Buffer.from('{}')));

    await assert.rejects(config.open(row, state));
    await assert.rejects(states.open(bindingOf(), Buffer.from(credential).toString('base64url')), refusal);
  });

  it('is unavailable, and not refused, while the key service is', async () => {
    const kms = createInMemoryKms();
    const outage: VaultKms = {
      send: async (command: never) => {
        if ((command as object) instanceof DecryptCommand)
          throw Object.assign(new Error('down'), { name: 'KMSInternalException' });
        return kms.send(command);
      },
    };
    const { states } = setUp(outage);
    const sealed = await states.seal(bindingOf(), 'state');

    await assert.rejects(states.open(bindingOf(), sealed), { name: 'HubError', code: 'unavailable' });
  });

  it('does not trouble the key service with a data key that is longer than any of its own', async () => {
    const kms = createInMemoryKms();
    const { states } = setUp(kms);
    const tooLong = Buffer.alloc(3 + 6145 + 92);
    tooLong.writeUInt8(1, 0);
    tooLong.writeUInt16BE(6145, 1);
    tooLong.set(randomBytes(6145), 3);

    await assert.rejects(states.open(bindingOf(), tooLong.toString('base64url')), refusal);

    assert.equal(kms.commands.length, 0);
  });

  it('refuses arguments that have no canonical form', async () => {
    const { states } = setUp();
    const lone = bindingOf({ arguments: JSON.parse('{"city":"\\ud800"}') as JsonObject });
    const infinite = bindingOf({ arguments: JSON.parse('{"guests":1e999}') as JsonObject });

    for (const binding of [lone, infinite]) await assert.rejects(states.seal(binding, 'state'), refusal);
  });
});
