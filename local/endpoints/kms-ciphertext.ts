import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/**
 * The local KMS's ciphertext blob:
 * format 1 | key version (4 bytes) | length of key id (1 byte) | key id | IV (12) | tag (16) | AES-256-GCM ciphertext.
 */
export interface CiphertextHeader {
  readonly keyId: string;
  readonly keyVersion: number;
}

export type EncryptionContext = Readonly<Record<string, string>>;

export function seal(
  header: CiphertextHeader,
  key: Uint8Array,
  context: EncryptionContext,
  plaintext: Uint8Array,
): Buffer {
  const head = writeHeader(header);
  const iv = randomBytes(IV_LENGTH);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_LENGTH });
  cipher.setAAD(additionalData(head, context));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([head, iv, cipher.getAuthTag(), ciphertext]);
}

/** `undefined` unless the blob was sealed with this key and this very context. */
export function open(key: Uint8Array, context: EncryptionContext, blob: Uint8Array): Buffer | undefined {
  const header = readHeader(blob);
  if (header === undefined) {
    return undefined;
  }
  const head = writeHeader(header);
  const [iv, tag, ciphertext] = cut(Buffer.from(blob).subarray(head.length), IV_LENGTH, TAG_LENGTH);
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_LENGTH });
  decipher.setAAD(additionalData(head, context));
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** `undefined` for bytes that the local KMS cannot have made. */
export function readHeader(bytes: Uint8Array): CiphertextHeader | undefined {
  const blob = Buffer.from(bytes);
  const idLength = blob.at(5);
  if (blob.at(0) !== FORMAT || idLength === undefined || blob.length < 6 + idLength + IV_LENGTH + TAG_LENGTH) {
    return undefined;
  }
  return { keyVersion: blob.readUInt32BE(1), keyId: blob.toString('latin1', 6, 6 + idLength) };
}

const FORMAT = 1;
const IV_LENGTH = 12;
const TAG_LENGTH = 16;

function writeHeader({ keyId, keyVersion }: CiphertextHeader): Buffer {
  const head = Buffer.alloc(6 + keyId.length);
  head.writeUInt8(FORMAT, 0);
  head.writeUInt32BE(keyVersion, 1);
  head.writeUInt8(keyId.length, 5);
  head.write(keyId, 6, 'latin1');
  return head;
}

/** An encryption context is a set of pairs: their order does not matter. */
function additionalData(head: Buffer, context: EncryptionContext): Buffer {
  const pairs = Object.entries(context).sort(([left], [right]) => (left < right ? -1 : 1));
  return Buffer.concat([head, Buffer.from(JSON.stringify(pairs))]);
}

const cut = (bytes: Buffer, first: number, second: number): [Buffer, Buffer, Buffer] => [
  bytes.subarray(0, first),
  bytes.subarray(first, first + second),
  bytes.subarray(first + second),
];
