import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  type EncryptionContext,
  openSecret,
  parseSealedSecret,
  sealSecret,
} from '../../../lambdas/adapters/kms-vault/sealed-secret.ts';
import { sealedSecretError } from '../../support/secret-box-contract.ts';
import golden from './golden-v1.json' with { type: 'json' };

const context = {
  app: 'nexus-hub',
  stage: 'prod',
  tenantId: 'acme',
  serverId: 'srv-1',
  purpose: 'upstream-config',
  v: '1',
};
const dataKey = { plaintext: new Uint8Array(32).fill(7), encrypted: new Uint8Array(64).fill(9) };
const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (data: Uint8Array) => Buffer.from(data).toString('hex');
const seal = (text: string) => sealSecret(Buffer.from(text), dataKey, context);
const open = (blob: Uint8Array, key = dataKey.plaintext, under: EncryptionContext = context) =>
  openSecret(parseSealedSecret(blob), key, under);

describe('golden vectors of version 1, made by another implementation', () => {
  for (const vector of golden) {
    const key = { plaintext: bytes(vector.dataKey), encrypted: bytes(vector.encryptedDataKey) };

    test(`${vector.about} is sealed to the same bytes`, () => {
      const random = (size: number) => bytes(size === 32 ? vector.salt : vector.iv);

      const sealed = sealSecret(bytes(vector.plaintext), key, vector.context, random);

      assert.equal(hex(sealed), vector.sealed);
    });

    test(`${vector.about} is opened, in whichever order the context comes`, () => {
      const reversed = Object.fromEntries(Object.entries(vector.context).reverse());

      assert.equal(hex(open(bytes(vector.sealed), key.plaintext, reversed)), vector.plaintext);
    });
  }
});

test('whatever is sealed opens again, here and in a decoder written from the documented layout', async () => {
  const property = fc.asyncProperty(
    fc.uint8Array({ maxLength: 2000 }),
    fc.uint8Array({ minLength: 32, maxLength: 32 }),
    fc.uint8Array({ minLength: 1, maxLength: 300 }),
    fc.dictionary(fc.string(), fc.string()),
    async (plaintext, key, encrypted, anyContext) => {
      const sealed = sealSecret(plaintext, { plaintext: key, encrypted }, anyContext);

      assert.equal(hex(openSecret(parseSealedSecret(sealed), key, anyContext)), hex(plaintext));
      assert.equal(hex(await decodeIndependently(Uint8Array.from(sealed), key, anyContext)), hex(plaintext));
    },
  );
  await fc.assert(property, { numRuns: 300 });
});

test('no bit of a sealed secret can be flipped, except in the encrypted data key that KMS protects', () => {
  const sealed = seal('t0p-s3cret');
  for (let bit = 0; bit < sealed.length * 8; bit += 1) {
    const at = bit >> 3;
    if (at >= 3 && at < 3 + dataKey.encrypted.length) continue;
    const changed = sealed.map((byte, index) => (index === at ? byte ^ (1 << (bit & 7)) : byte));

    assert.throws(() => open(changed), { name: 'SealedSecretError' }, `bit ${bit}`);
  }
});

test('no beginning of a sealed secret opens', () => {
  const sealed = seal('t0p-s3cret');
  for (let length = 0; length < sealed.length; length += 1) {
    assert.throws(() => open(sealed.subarray(0, length)), { name: 'SealedSecretError' }, `${length} bytes`);
  }
});

test('a sealed secret with more bytes does not open', () => {
  assert.throws(() => open(Buffer.concat([seal('t0p-s3cret'), Buffer.alloc(1)])), sealedSecretError('AUTHENTICATION'));
});

describe('refused as what it is', () => {
  const sealed = seal('t0p-s3cret');
  const cases = [
    ['nothing', new Uint8Array(), 'MALFORMED'],
    ['a header alone', sealed.subarray(0, 3), 'MALFORMED'],
    ['another version', Uint8Array.from(sealed).fill(2, 0, 1), 'VERSION'],
    ['no data key', Uint8Array.from(sealed).fill(0, 1, 3), 'MALFORMED'],
    ['a data key beyond the end', Uint8Array.from(sealed).fill(255, 1, 3), 'MALFORMED'],
    ['another salt', Uint8Array.from(sealed).fill(0, 67, 99), 'COMMITMENT'],
    ['another commitment', Uint8Array.from(sealed).fill(0, 99, 131), 'COMMITMENT'],
    ['another iv', Uint8Array.from(sealed).fill(0, 131, 143), 'AUTHENTICATION'],
    ['another ciphertext', Uint8Array.from(sealed).fill(0, 143, 144), 'AUTHENTICATION'],
    ['another tag', Uint8Array.from(sealed).fill(0, -16), 'AUTHENTICATION'],
  ] as const;
  for (const [about, blob, code] of cases) {
    test(`${about}: ${code}`, () => {
      assert.throws(() => open(blob), sealedSecretError(code));
    });
  }
});

test('a wrong data key fails by the commitment, before anything is decrypted', () => {
  assert.throws(() => open(seal('t0p-s3cret'), new Uint8Array(32).fill(8)), sealedSecretError('COMMITMENT'));
});

describe('a secret does not open under a context with', () => {
  const { v: _v, ...without } = context;
  const contexts = {
    ...Object.fromEntries(Object.keys(context).map((key) => [`another ${key}`, { ...context, [key]: 'other' }])),
    'tenant and server swapped': { ...context, tenantId: context.serverId, serverId: context.tenantId },
    'one key less': without,
    'one key more': { ...context, more: '' },
  };
  for (const [about, changed] of Object.entries(contexts)) {
    test(about, () => {
      assert.throws(() => open(seal('t0p-s3cret'), dataKey.plaintext, changed), sealedSecretError('AUTHENTICATION'));
    });
  }
});

test('a data key that is too long for the layout cannot be sealed with', () => {
  assert.throws(
    () => sealSecret(new Uint8Array(), { ...dataKey, encrypted: new Uint8Array(65_536) }, context),
    RangeError,
  );
});

/** Web Crypto and a cursor: shares no code with what it checks. */
async function decodeIndependently(blob: Uint8Array, key: Uint8Array<ArrayBuffer>, under: EncryptionContext) {
  const view = new DataView(blob.buffer, blob.byteOffset);
  assert.equal(view.getUint8(0), 1);
  const saltAt = 3 + view.getUint16(1);
  const salt = blob.slice(saltAt, saltAt + 32);
  const commitment = blob.slice(saltAt + 32, saltAt + 64);
  const iv = blob.slice(saltAt + 64, saltAt + 76);
  const derive = async (info: string) => {
    const base = await webcrypto.subtle.importKey('raw', key, 'HKDF', false, ['deriveBits']);
    const algorithm = { name: 'HKDF', hash: 'SHA-256', salt, info: new TextEncoder().encode(info) };
    return new Uint8Array(await webcrypto.subtle.deriveBits(algorithm, base, 256));
  };
  assert.equal(hex(await derive('nexus/v1/commit')), hex(commitment));
  const pairs = Object.entries(under).sort(([a], [b]) => (a < b ? -1 : 1));
  const json = `{${pairs.map((pair) => pair.map((text) => JSON.stringify(text)).join(':')).join(',')}}`;
  const additionalData = Buffer.concat([Buffer.of(1), salt, Buffer.from(json)]);
  const encryption = await webcrypto.subtle.importKey('raw', await derive('nexus/v1/enc'), 'AES-GCM', false, [
    'decrypt',
  ]);
  const algorithm = { name: 'AES-GCM', iv, additionalData, tagLength: 128 };
  return new Uint8Array(await webcrypto.subtle.decrypt(algorithm, encryption, blob.slice(saltAt + 76)));
}
