import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { createKmsSecretBox, type VaultKms } from '../../lambdas/adapters/kms-vault/kms-secret-box.ts';
import { parseSealedSecret } from '../../lambdas/adapters/kms-vault/sealed-secret.ts';
import { SealedSecretError, type SealedSecretErrorCode } from '../../lambdas/adapters/kms-vault/sealed-secret-error.ts';
import type { VaultPurpose } from '../../lambdas/contract.ts';
import { tenantIdSchema } from '../../lambdas/hub/principal.ts';
import { Secret } from '../../lambdas/hub/secret.ts';

export const binding = { tenantId: tenantIdSchema.parse('acme'), serverId: 'srv-1' };
export const secretOf = (text: string) => new Secret<Uint8Array>(Buffer.from(text));
export const textOf = (secret: Secret<Uint8Array>) => Buffer.from(secret.reveal()).toString();

export function sealedSecretError(code: SealedSecretErrorCode): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof SealedSecretError, `expected a SealedSecretError, got ${String(error)}`);
    assert.equal(error.code, code);
    assert.equal(error.cause, undefined);
    return true;
  };
}

/** What a secret box promises, whichever KMS is behind it. */
export function secretBoxContract(
  name: string,
  setUp: (t: TestContext) => Promise<{ readonly kms: VaultKms; readonly keyArn: string; readonly otherKeyArn: string }>,
): void {
  const openBox = async (
    t: TestContext,
    settings: { readonly stage?: string; readonly otherKey?: boolean; readonly purpose?: VaultPurpose } = {},
  ) => {
    const { kms, keyArn, otherKeyArn } = await setUp(t);
    const box = (stage: string, arn: string, purpose: VaultPurpose = 'upstream-config') =>
      createKmsSecretBox({ kms, keyArn: arn, stage, purpose, now: () => 0 });
    const { stage = 'prod', otherKey = false, purpose } = settings;
    return { box: box('prod', keyArn), other: box(stage, otherKey ? otherKeyArn : keyArn, purpose) };
  };

  describe(`a secret box on ${name}`, () => {
    test('opens what it sealed', async (t) => {
      const { box } = await openBox(t);

      const opened = await box.open(binding, await box.seal(binding, secretOf('t0p-s3cret')));

      assert.equal(textOf(opened), 't0p-s3cret');
    });

    test('opens what another box of the same key and stage sealed', async (t) => {
      const { box, other } = await openBox(t);

      const opened = await other.open(binding, await box.seal(binding, secretOf('t0p-s3cret')));

      assert.equal(textOf(opened), 't0p-s3cret');
    });

    test('seals the same secret differently every time', async (t) => {
      const { box } = await openBox(t);

      // Long enough that no chance makes two ciphertexts equal.
      const secret = secretOf('t0p-s3cret '.repeat(4));
      const [first, second] = [await box.seal(binding, secret), await box.seal(binding, secret)];

      assert.notDeepEqual(parseSealedSecret(first).encryptedDataKey, parseSealedSecret(second).encryptedDataKey);
      assert.notDeepEqual(parseSealedSecret(first).ciphertext, parseSealedSecret(second).ciphertext);
    });

    const strangers = [
      ['another tenant', { ...binding, tenantId: tenantIdSchema.parse('globex') }],
      ['another server', { ...binding, serverId: 'srv-2' }],
    ] as const;
    for (const [about, stranger] of strangers) {
      test(`does not open it for ${about}`, async (t) => {
        const { box } = await openBox(t);
        const sealed = await box.seal(binding, secretOf('t0p-s3cret'));

        await assert.rejects(box.open(stranger, sealed), sealedSecretError('DATA_KEY'));
      });
    }

    test('does not open what another stage sealed', async (t) => {
      const { box, other } = await openBox(t, { stage: 'dev' });
      const sealed = await box.seal(binding, secretOf('t0p-s3cret'));

      await assert.rejects(other.open(binding, sealed), sealedSecretError('DATA_KEY'));
    });

    test('does not open what was sealed for another purpose', async (t) => {
      const { box, other } = await openBox(t, { purpose: 'request-state' });
      const sealed = await box.seal(binding, secretOf('t0p-s3cret'));

      await assert.rejects(other.open(binding, sealed), sealedSecretError('DATA_KEY'));
    });

    test('does not open what was sealed under another key', async (t) => {
      const { box, other } = await openBox(t, { otherKey: true });
      const sealed = await box.seal(binding, secretOf('t0p-s3cret'));

      await assert.rejects(other.open(binding, sealed), sealedSecretError('DATA_KEY'));
    });

    test('does not open a secret with a changed encrypted data key', async (t) => {
      const { box } = await openBox(t);
      const sealed = await box.seal(binding, secretOf('t0p-s3cret'));
      const { encryptedDataKey } = parseSealedSecret(sealed);
      encryptedDataKey.set([encryptedDataKey.at(-1) === 0 ? 1 : 0], encryptedDataKey.length - 1);

      await assert.rejects(box.open(binding, sealed), sealedSecretError('DATA_KEY'));
    });

    test('does not open a secret with the encrypted data key of another secret of the same server', async (t) => {
      const { box } = await openBox(t);
      const [sealed, donor] = [await box.seal(binding, secretOf('one')), await box.seal(binding, secretOf('two'))];
      parseSealedSecret(sealed).encryptedDataKey.set(parseSealedSecret(donor).encryptedDataKey);

      await assert.rejects(box.open(binding, sealed), sealedSecretError('COMMITMENT'));
    });
  });
}
