/**
 * The format of a sealed secret, version 1. All numbers are big-endian, `n` is the length of the encrypted data key:
 *
 *   offset   size  content
 *   0        1     version, 0x01
 *   1        2     n, from 1 to 6144
 *   3        n     the data key, encrypted by KMS under the encryption context
 *   3 + n    32    salt, random
 *   35 + n   32    commitment = HKDF-SHA256(data key, salt, "nexus/v1/commit")
 *   67 + n   12    iv, random
 *   79 + n   m     ciphertext = AES-256-GCM(HKDF-SHA256(data key, salt, "nexus/v1/enc"), iv, plaintext, aad), m >= 0
 *   end-16   16    authentication tag
 *
 *   aad = version byte | salt | the encryption context as JSON with sorted keys and no white space, in UTF-8
 *
 * GCM alone would let one blob open to two plaintexts under two keys; the commitment is what excludes that. The context
 * is bound twice, by KMS to the data key and by the aad to the ciphertext, and is itself never stored. Which KMS key to
 * ask is configuration, never the blob's choice.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { SealedSecretError } from './sealed-secret-error.ts';

export type EncryptionContext = Readonly<Record<string, string>>;

export interface DataKey {
  readonly plaintext: Uint8Array;
  readonly encrypted: Uint8Array;
}

export interface SealedSecret {
  readonly encryptedDataKey: Uint8Array;
  readonly salt: Uint8Array;
  readonly commitment: Uint8Array;
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

const VERSION = 1;
const SIZE = { salt: 32, commitment: 32, iv: 12, tag: 16 } as const;
/** `CiphertextBlob` of KMS's `Decrypt`: what is longer it would not look at, and a blob may come from outside. */
const MAX_KEY_SIZE = 6144;
const FIXED_SIZE = 3 + SIZE.salt + SIZE.commitment + SIZE.iv + SIZE.tag;

/** Each data key seals one secret, so neither salt nor iv can ever repeat under a key. */
export function sealSecret(
  plaintext: Uint8Array,
  dataKey: DataKey,
  context: EncryptionContext,
  random: (size: number) => Uint8Array = randomBytes,
): Uint8Array {
  const salt = random(SIZE.salt);
  const iv = random(SIZE.iv);
  const header = Buffer.from([VERSION, 0, 0]);
  header.writeUInt16BE(dataKey.encrypted.length, 1);
  const commitment = derive(dataKey.plaintext, salt, 'nexus/v1/commit');
  return withKey(derive(dataKey.plaintext, salt, 'nexus/v1/enc'), (key) => {
    const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: SIZE.tag });
    cipher.setAAD(additionalData(salt, context));
    const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
    return Buffer.concat([header, dataKey.encrypted, salt, commitment, iv, ciphertext, cipher.getAuthTag()]);
  });
}

export function parseSealedSecret(blob: Uint8Array): SealedSecret {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
  if (bytes.length < FIXED_SIZE) throw new SealedSecretError('MALFORMED');
  if (bytes.readUInt8(0) !== VERSION) throw new SealedSecretError('VERSION');
  const keySize = bytes.readUInt16BE(1);
  if (keySize === 0 || keySize > MAX_KEY_SIZE || bytes.length < FIXED_SIZE + keySize)
    throw new SealedSecretError('MALFORMED');
  let at = 3;
  const take = (size: number) => {
    at += size;
    return bytes.subarray(at - size, at);
  };
  return {
    encryptedDataKey: take(keySize),
    salt: take(SIZE.salt),
    commitment: take(SIZE.commitment),
    iv: take(SIZE.iv),
    ciphertext: take(bytes.length - FIXED_SIZE - keySize),
    tag: take(SIZE.tag),
  };
}

export function openSecret(sealed: SealedSecret, dataKey: Uint8Array, context: EncryptionContext): Uint8Array {
  const commitment = derive(dataKey, sealed.salt, 'nexus/v1/commit');
  if (!timingSafeEqual(commitment, sealed.commitment)) throw new SealedSecretError('COMMITMENT');
  return withKey(derive(dataKey, sealed.salt, 'nexus/v1/enc'), (key) => {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.iv, { authTagLength: SIZE.tag });
    decipher.setAAD(additionalData(sealed.salt, context));
    decipher.setAuthTag(sealed.tag);
    const plaintext = decipher.update(sealed.ciphertext);
    try {
      decipher.final();
    } catch {
      plaintext.fill(0);
      throw new SealedSecretError('AUTHENTICATION');
    }
    return plaintext;
  });
}

function derive(dataKey: Uint8Array, salt: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', dataKey, salt, purpose, 32));
}

function withKey<T>(key: Uint8Array, use: (key: Uint8Array) => T): T {
  try {
    return use(key);
  } finally {
    key.fill(0);
  }
}

function additionalData(salt: Uint8Array, context: EncryptionContext): Uint8Array {
  const canonical = JSON.stringify(context, Object.keys(context).sort());
  return Buffer.concat([Buffer.from([VERSION]), salt, Buffer.from(canonical)]);
}
