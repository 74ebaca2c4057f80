import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { KMSClient, KMSServiceException } from '@aws-sdk/client-kms';
import { createKmsSecretBox, type VaultKms } from '../../../lambdas/adapters/kms-vault/kms-secret-box.ts';
import { VAULT_CONTEXT } from '../../../lambdas/contract.ts';
import { HubError } from '../../../lambdas/hub/hub-error.ts';
import { tenantIdSchema } from '../../../lambdas/hub/principal.ts';
import { createInMemoryKms } from '../../support/in-memory-kms.ts';
import { binding, secretBoxContract, secretOf, textOf } from '../../support/secret-box-contract.ts';

const keyArn = 'arn:aws:kms:eu-west-1:111122223333:key/vault';
const canary = 'canary-7d1f';

secretBoxContract('the in-memory KMS', async () => ({ kms: createInMemoryKms(), keyArn, otherKeyArn: `${keyArn}-2` }));

function setUp() {
  const kms = createInMemoryKms();
  const clock = { now: 1_000_000 };
  const box = createKmsSecretBox({ kms, keyArn, stage: 'prod', purpose: 'upstream-config', now: () => clock.now });
  const sent = () => kms.commands.map((command) => command.constructor.name);
  return { kms, clock, box, sent };
}

test("AWS's own client fits", () => {
  const client: VaultKms = new KMSClient({ region: 'eu-west-1' });

  assert.equal(typeof client.send, 'function');
});

describe('what KMS is asked', () => {
  const encryptionContext = {
    app: 'nexus-hub',
    stage: 'prod',
    tenantId: 'acme',
    serverId: 'srv-1',
    purpose: 'upstream-config',
    v: '1',
  };

  test('names the key and the whole encryption context, for sealing and for opening', async () => {
    const { kms, box } = setUp();

    await box.open(binding, await box.seal(binding, secretOf('x')));

    const asked = kms.commands.map(({ input }) => [input.KeyId, input.EncryptionContext]);
    assert.deepEqual(asked, [
      [keyArn, encryptionContext],
      [keyArn, encryptionContext],
    ]);
    assert.deepEqual(Object.keys(encryptionContext).sort(), [...VAULT_CONTEXT.keys].sort());
  });

  test('contains nothing of the secret', async () => {
    const { kms, box } = setUp();

    await box.open(binding, await box.seal(binding, secretOf(canary)));

    assert.doesNotMatch(inspect(kms.commands, { depth: 9 }), /canary/);
  });

  test('is a new data key for every secret', async () => {
    const { box, sent } = setUp();

    await box.seal(binding, secretOf('x'));
    await box.seal(binding, secretOf('x'));

    assert.deepEqual(sent(), ['GenerateDataKeyCommand', 'GenerateDataKeyCommand']);
  });
});

test('no data key outlives its use', async () => {
  const { kms, box } = setUp();
  const sealed = await box.seal(binding, secretOf('x'));

  await box.open(binding, sealed);
  await assert.rejects(box.open(binding, Uint8Array.from(sealed).fill(0, -1)));

  assert.equal(kms.dataKeys.length >= 2, true);
  for (const dataKey of kms.dataKeys) assert.deepEqual(dataKey, new Uint8Array(32));
});

describe('an opened secret', () => {
  test('is remembered for a minute', async () => {
    const { clock, box, sent } = setUp();
    const sealed = await box.seal(binding, secretOf('x'));
    await box.open(binding, sealed);

    clock.now += 60_000;

    assert.equal(textOf(await box.open(binding, sealed)), 'x');
    assert.deepEqual(sent(), ['GenerateDataKeyCommand', 'DecryptCommand']);
  });

  test('is forgotten after it', async () => {
    const { clock, box, sent } = setUp();
    const sealed = await box.seal(binding, secretOf('x'));
    await box.open(binding, sealed);

    clock.now += 60_001;
    await box.open(binding, sealed);

    assert.deepEqual(sent(), ['GenerateDataKeyCommand', 'DecryptCommand', 'DecryptCommand']);
  });

  test('is not remembered when it was only sealed', async () => {
    const { box, sent } = setUp();

    await box.open(binding, await box.seal(binding, secretOf('x')));

    assert.deepEqual(sent(), ['GenerateDataKeyCommand', 'DecryptCommand']);
  });

  test('is not remembered for another binding', async () => {
    const { box } = setUp();
    const sealed = await box.seal(binding, secretOf('x'));
    await box.open(binding, sealed);

    await assert.rejects(box.open({ ...binding, tenantId: tenantIdSchema.parse('globex') }, sealed));
    await assert.rejects(box.open({ ...binding, serverId: 'srv-2' }, sealed));
  });

  test('is not given out for a changed blob', async () => {
    const { box } = setUp();
    const sealed = await box.seal(binding, secretOf('x'));
    await box.open(binding, sealed);

    await assert.rejects(box.open(binding, Uint8Array.from(sealed).fill(0, -1)));
  });

  test('makes room for others: a hundred are remembered', async () => {
    const { box, sent } = setUp();
    const bindings = Array.from({ length: 101 }, (_, index) => ({ ...binding, serverId: `srv-${index}` }));
    const sealed = await Promise.all(bindings.map((each) => box.seal(each, secretOf('x'))));
    for (const [index, each] of bindings.entries()) await box.open(each, sealed[index] ?? new Uint8Array());
    const opened = sent().length;

    await box.open(bindings[100] ?? binding, sealed[100] ?? new Uint8Array());
    await box.open(bindings[0] ?? binding, sealed[0] ?? new Uint8Array());

    assert.equal(sent().length, opened + 1);
  });
});

describe('when KMS', () => {
  const exception = (name: string) =>
    new KMSServiceException({ name, $fault: 'client', $metadata: {}, message: `${canary} ${keyArn}` });
  const failures = [
    ['denies access', exception('AccessDeniedException'), 'kms: AccessDeniedException'],
    ['throttles', exception('ThrottlingException'), 'kms: ThrottlingException'],
    ['has an internal error', exception('KMSInternalException'), 'kms: KMSInternalException'],
    ['has the key disabled', exception('DisabledException'), 'kms: DisabledException'],
    [
      'is out of reach',
      Object.assign(new Error(`${canary}: ECONNREFUSED`), { name: 'TimeoutError' }),
      'kms: TimeoutError',
    ],
    ['fails with something odd', canary, 'kms: UnknownError'],
    ['fails with an odd name', Object.assign(new Error(canary), { name: `${canary} ${canary}` }), 'kms: UnknownError'],
  ] as const;

  for (const [about, failure, cause] of failures) {
    for (const step of ['seal', 'open'] as const) {
      test(`${about}, to ${step} is unavailable and says nothing else`, async () => {
        const sealed = await setUp().box.seal(binding, secretOf(canary));
        const kms: VaultKms = { send: () => Promise.reject(failure) };
        const box = createKmsSecretBox({ kms, keyArn, stage: 'prod', purpose: 'upstream-config', now: () => 0 });

        const attempt = step === 'seal' ? box.seal(binding, secretOf(canary)) : box.open(binding, sealed);

        await assert.rejects(attempt, (error) => {
          assert.ok(error instanceof HubError && error.cause instanceof Error);
          assert.deepEqual([error.code, error.cause.message], ['unavailable', cause]);
          assert.doesNotMatch(everythingOf(error), /canary/);
          return true;
        });
      });
    }
  }

  for (const [about, answer] of [
    ['answers without a data key', { $metadata: {} }],
    [
      'answers with a short data key',
      { $metadata: {}, Plaintext: new Uint8Array(16), CiphertextBlob: new Uint8Array(9) },
    ],
  ] as const) {
    test(`${about}, nothing is sealed or opened with it`, async () => {
      const sealed = await setUp().box.seal(binding, secretOf('x'));
      const box = createKmsSecretBox({
        kms: { send: async () => answer },
        keyArn,
        stage: 'prod',
        purpose: 'upstream-config',
        now: () => 0,
      });

      await assert.rejects(box.seal(binding, secretOf('x')), { code: 'unavailable' });
      await assert.rejects(box.open(binding, sealed), { code: 'unavailable' });
    });
  }

  test('fails once, the next attempt starts afresh', async (t) => {
    const { kms, box } = setUp();
    const sealed = await box.seal(binding, secretOf('x'));
    t.mock.method(kms, 'send', () => Promise.reject(exception('ThrottlingException')), { times: 1 });

    await assert.rejects(box.open(binding, sealed), { code: 'unavailable' });

    assert.equal(textOf(await box.open(binding, sealed)), 'x');
  });
});

test('the error about a secret that does not open shows nothing of it', async () => {
  const { box } = setUp();
  const sealed = await box.seal(binding, secretOf(canary));

  await assert.rejects(box.open(binding, Uint8Array.from(sealed).fill(0, -1)), (error) => {
    assert.doesNotMatch(everythingOf(error), /canary/);
    return true;
  });
});

/** Everything that a logger could find in an error. */
function everythingOf(error: unknown): string {
  const { message, stack, cause } = error instanceof Error ? error : new Error(String(error));
  return [message, stack, inspect(error, { depth: 9, showHidden: true }), inspect(cause), JSON.stringify(error)].join(
    '\n',
  );
}
