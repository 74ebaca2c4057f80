import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import * as z from 'zod';
import { ciphertextKeyId, createLocalKms, type LocalKms } from '../../../local/endpoints/kms.ts';
import { DATA_KEY, VAULT_KEY } from '../../support/stack-fixture.ts';

const directory = mkdtempSync(join(tmpdir(), 'nexus-kms-'));
after(() => rmSync(directory, { recursive: true }));
const newFile = (): string => join(directory, `${randomUUID()}.json`);
const newKms = (keyFile = newFile()): LocalKms => createLocalKms({ keys: [VAULT_KEY, DATA_KEY], keyFile });

const KeyId = VAULT_KEY.arn;
const EncryptionContext = { app: 'nexus-hub', tenantId: 'a' };

const sealed = z.object({ CiphertextBlob: z.base64(), Plaintext: z.base64() });
const generate = (kms: LocalKms) =>
  sealed.parse(kms.handle('GenerateDataKey', { KeyId, KeySpec: 'AES_256', EncryptionContext }));
const failsWith = (type: string) => (error: unknown) =>
  typeof error === 'object' && error !== null && 'type' in error && error.type === type;

test('a data key opens again, whatever the order of its context', () => {
  const kms = newKms();

  const { CiphertextBlob, Plaintext } = generate(kms);

  assert.equal(Buffer.from(Plaintext, 'base64').length, 32);
  assert.deepEqual(kms.handle('Decrypt', { CiphertextBlob, EncryptionContext: { tenantId: 'a', app: 'nexus-hub' } }), {
    Plaintext,
    KeyId,
    EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
  });
});

test('a ciphertext names its key', () => {
  assert.equal(ciphertextKeyId(generate(newKms()).CiphertextBlob), VAULT_KEY.keyId);
  assert.equal(ciphertextKeyId('AAAA'), undefined);
});

test('key material survives a restart in a private file', () => {
  const keyFile = newFile();
  const { CiphertextBlob, Plaintext } = generate(newKms(keyFile));

  const opened = newKms(keyFile).handle('Decrypt', { CiphertextBlob, EncryptionContext });

  assert.equal(sealed.partial().parse(opened).Plaintext, Plaintext);
  assert.equal(statSync(keyFile).mode & 0o777, 0o600);
});

test('a rotated key still opens what it sealed before', () => {
  const kms = newKms();
  const { CiphertextBlob, Plaintext } = generate(kms);

  kms.handle('RotateKeyOnDemand', { KeyId });

  const opened = kms.handle('Decrypt', { CiphertextBlob, EncryptionContext });
  assert.equal(sealed.partial().parse(opened).Plaintext, Plaintext);
  assert.notEqual(generate(kms).CiphertextBlob.slice(0, 8), CiphertextBlob.slice(0, 8));
});

test('ReEncrypt moves a ciphertext to another key and context', () => {
  const kms = newKms();
  const { CiphertextBlob, Plaintext } = generate(kms);

  const moved = sealed.partial().parse(
    kms.handle('ReEncrypt', {
      CiphertextBlob,
      SourceEncryptionContext: EncryptionContext,
      DestinationKeyId: DATA_KEY.keyId,
      DestinationEncryptionContext: { app: 'moved' },
    }),
  );

  const opened = kms.handle('Decrypt', {
    CiphertextBlob: moved.CiphertextBlob,
    KeyId: DATA_KEY.arn,
    EncryptionContext: { app: 'moved' },
  });
  assert.equal(sealed.partial().parse(opened).Plaintext, Plaintext);
});

test('every flipped bit of a ciphertext is refused', () => {
  const kms = newKms();
  const blob = Buffer.from(generate(kms).CiphertextBlob, 'base64');

  for (let bit = 0; bit < blob.length * 8; bit += 1) {
    const tampered = Buffer.from(blob);
    const byte = bit >> 3;
    tampered.writeUInt8(tampered.readUInt8(byte) ^ (1 << (bit & 7)), byte);
    assert.throws(() => kms.handle('Decrypt', { CiphertextBlob: tampered.toString('base64'), EncryptionContext }), {
      name: 'AwsError',
    });
  }
});

const errors: readonly (readonly [string, string, (kms: LocalKms, CiphertextBlob: string) => unknown])[] = [
  [
    'a missing context',
    'InvalidCiphertextException',
    (kms, CiphertextBlob) => kms.handle('Decrypt', { CiphertextBlob }),
  ],
  [
    'another context',
    'InvalidCiphertextException',
    (kms, CiphertextBlob) =>
      kms.handle('Decrypt', { CiphertextBlob, EncryptionContext: { ...EncryptionContext, tenantId: 'b' } }),
  ],
  ['bytes that no key made', 'InvalidCiphertextException', (kms) => kms.handle('Decrypt', { CiphertextBlob: 'AAAA' })],
  [
    'a version that the key never had',
    'InvalidCiphertextException',
    (_, CiphertextBlob) => {
      const rotated = newKms();
      rotated.handle('RotateKeyOnDemand', { KeyId });
      const { CiphertextBlob: later } = generate(rotated);
      assert.notEqual(later, CiphertextBlob);
      return newKms().handle('Decrypt', { CiphertextBlob: later, EncryptionContext });
    },
  ],
  [
    'a key that did not make the ciphertext',
    'IncorrectKeyException',
    (kms, CiphertextBlob) => kms.handle('Decrypt', { KeyId: DATA_KEY.arn, CiphertextBlob, EncryptionContext }),
  ],
  ['an unknown key', 'NotFoundException', (kms) => kms.handle('DescribeKey', { KeyId: 'alias/nothing' })],
  [
    'a disabled key',
    'DisabledException',
    (kms, CiphertextBlob) => {
      kms.handle('DisableKey', { KeyId });
      return kms.handle('Decrypt', { CiphertextBlob, EncryptionContext });
    },
  ],
  [
    'a key that waits for its deletion',
    'KMSInvalidStateException',
    (kms) => {
      kms.handle('ScheduleKeyDeletion', { KeyId });
      return generate(kms);
    },
  ],
  ['a data key of no size', 'ValidationException', (kms) => kms.handle('GenerateDataKey', { KeyId })],
  [
    'more than 4 KB to encrypt',
    'ValidationException',
    (kms) => kms.handle('Encrypt', { KeyId, Plaintext: Buffer.alloc(4097).toString('base64') }),
  ],
  ['an operation that does not exist', 'UnknownOperationException', (kms) => kms.handle('toString', {})],
];
for (const [name, type, action] of errors) {
  test(`${name} is answered ${type}`, () => {
    const kms = newKms();
    const { CiphertextBlob } = generate(kms);

    assert.throws(() => action(kms, CiphertextBlob), failsWith(type));
  });
}
