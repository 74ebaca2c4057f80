import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { KeyModel } from '../template/stack-model.ts';
import { AwsError } from './aws-error.ts';
import { type EncryptionContext, open, readHeader, seal } from './kms-ciphertext.ts';
import { type KmsKeyStore, newKeyMaterial, openKmsKeyStore, type StoredKey } from './kms-key-store.ts';

export interface LocalKms {
  /** Answers one request, or throws AWS's error. Nothing is authorized here. */
  handle(operation: string, body: unknown): unknown;
}

/** Which key made a ciphertext, for authorizing a request that names none. */
export const ciphertextKeyId = (base64: string): string | undefined => readHeader(Buffer.from(base64, 'base64'))?.keyId;

/** Symmetric KMS keys on one machine. See docs/adr/0005-local-kms-is-ours.md. */
export function createLocalKms(input: {
  readonly keys: readonly KeyModel[];
  /** Holds the key material. */
  readonly keyFile: string;
}): LocalKms {
  const store = openKmsKeyStore(
    input.keyFile,
    input.keys.map(({ keyId }) => keyId),
  );
  const find = (idOrArn: string | undefined): Key => findKey(input.keys, store, idOrArn);

  const encrypt = (key: Key, context: EncryptionContext, plaintext: Uint8Array): string =>
    seal({ keyId: key.keyId, keyVersion: key.versions.length - 1 }, material(key, -1), context, plaintext).toString(
      'base64',
    );

  const decrypt = (keyId: string | undefined, context: EncryptionContext, blob: Uint8Array): Decrypted => {
    const header = readHeader(blob);
    const claimed = keyId === undefined ? undefined : find(keyId);
    if (header === undefined) {
      throw invalidCiphertext();
    }
    if (claimed !== undefined && claimed.keyId !== header.keyId) {
      throw new AwsError(
        'IncorrectKeyException',
        'The key ID in the request does not identify the CMK that can decrypt this ciphertext.',
      );
    }
    const key = usable(claimed ?? find(header.keyId));
    if (header.keyVersion >= key.versions.length) {
      throw invalidCiphertext();
    }
    const plaintext = open(material(key, header.keyVersion), context, blob);
    if (plaintext === undefined) {
      throw invalidCiphertext();
    }
    return { key, plaintext };
  };

  const generateDataKey = (body: unknown): { plaintext: Buffer; KeyId: string; CiphertextBlob: string } => {
    const { KeyId, KeySpec, NumberOfBytes, EncryptionContext } = parse(dataKeyRequest, body);
    const length = KeySpec === undefined ? NumberOfBytes : KEY_SPECS[KeySpec];
    if (length === undefined || (KeySpec !== undefined && NumberOfBytes !== undefined)) {
      throw validation('Please specify either number of bytes or key spec.');
    }
    const key = usable(find(KeyId));
    const plaintext = randomBytes(length);
    return { plaintext, KeyId: key.arn, CiphertextBlob: encrypt(key, EncryptionContext, plaintext) };
  };

  const operations: Readonly<Record<string, (body: unknown) => unknown>> = {
    Encrypt(body) {
      const { KeyId, Plaintext, EncryptionContext } = parse(encryptRequest, body);
      const key = usable(find(KeyId));
      const CiphertextBlob = encrypt(key, EncryptionContext, Plaintext);
      return { CiphertextBlob, KeyId: key.arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
    },
    Decrypt(body) {
      const { KeyId, CiphertextBlob, EncryptionContext } = parse(decryptRequest, body);
      const { key, plaintext } = decrypt(KeyId, EncryptionContext, CiphertextBlob);
      return { Plaintext: plaintext.toString('base64'), KeyId: key.arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
    },
    ReEncrypt(body) {
      const request = parse(reEncryptRequest, body);
      const source = decrypt(request.SourceKeyId, request.SourceEncryptionContext, request.CiphertextBlob);
      const destination = usable(find(request.DestinationKeyId));
      const CiphertextBlob = encrypt(destination, request.DestinationEncryptionContext, source.plaintext);
      return { CiphertextBlob, SourceKeyId: source.key.arn, KeyId: destination.arn };
    },
    GenerateDataKey(body) {
      const { plaintext, ...answer } = generateDataKey(body);
      return { ...answer, Plaintext: plaintext.toString('base64') };
    },
    GenerateDataKeyWithoutPlaintext(body) {
      const { plaintext: _, ...answer } = generateDataKey(body);
      return answer;
    },
    DescribeKey: (body) => ({ KeyMetadata: metadata(find(parse(keyRequest, body).KeyId)) }),
    RotateKeyOnDemand(body) {
      const key = usable(find(parse(keyRequest, body).KeyId));
      store.replace(key.keyId, { state: key.state, versions: [...key.versions, newKeyMaterial()] });
      return { KeyId: key.keyId };
    },
    DisableKey: (body) => setState(body, 'Disabled'),
    EnableKey: (body) => setState(body, 'Enabled'),
    ScheduleKeyDeletion: (body) => setState(body, 'PendingDeletion'),
  };

  const setState = (body: unknown, state: StoredKey['state']): unknown => {
    const key = find(parse(keyRequest, body).KeyId);
    store.replace(key.keyId, { state, versions: key.versions });
    return { KeyId: key.keyId };
  };

  return {
    handle(operation, body) {
      const answer = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
      if (answer === undefined) {
        throw new AwsError('UnknownOperationException', `the local KMS has no operation ${operation}`);
      }
      return answer(body);
    },
  };
}

type Key = KeyModel & StoredKey;
interface Decrypted {
  readonly key: Key;
  readonly plaintext: Buffer;
}

function findKey(keys: readonly KeyModel[], store: KmsKeyStore, idOrArn: string | undefined): Key {
  const model = keys.find(({ keyId, arn }) => idOrArn === keyId || idOrArn === arn);
  const stored = model === undefined ? undefined : store.find(model.keyId);
  if (model === undefined || stored === undefined) {
    throw new AwsError('NotFoundException', `Key '${idOrArn}' does not exist`);
  }
  return { ...model, ...stored };
}

function usable(key: Key): Key {
  if (key.state === 'Disabled') {
    throw new AwsError('DisabledException', `${key.arn} is disabled.`);
  }
  if (key.state === 'PendingDeletion') {
    throw new AwsError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
  }
  return key;
}

const material = ({ versions }: StoredKey, version: number): Buffer =>
  Buffer.from(versions.at(version) ?? '', 'base64');

const metadata = ({ keyId, arn, state }: Key): unknown => ({
  KeyId: keyId,
  Arn: arn,
  Enabled: state === 'Enabled',
  KeyState: state,
  KeyUsage: 'ENCRYPT_DECRYPT',
  KeySpec: 'SYMMETRIC_DEFAULT',
  EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
  KeyManager: 'CUSTOMER',
  Origin: 'AWS_KMS',
});

const KEY_SPECS = { AES_256: 32, AES_128: 16 } as const;

const blob = (maxLength: number) =>
  z
    .base64()
    .transform((text) => Buffer.from(text, 'base64'))
    .refine(({ length }) => length > 0 && length <= maxLength);
const context = z.record(z.string(), z.string()).default({});
const keyRequest = z.object({ KeyId: z.string() });
const dataKeyRequest = keyRequest.extend({
  KeySpec: z.enum(['AES_256', 'AES_128']).optional(),
  NumberOfBytes: z.int().min(1).max(1024).optional(),
  EncryptionContext: context,
});
const encryptRequest = keyRequest.extend({ Plaintext: blob(4096), EncryptionContext: context });
const decryptRequest = z.object({
  KeyId: z.string().optional(),
  CiphertextBlob: blob(6144),
  EncryptionContext: context,
});
const reEncryptRequest = z.object({
  CiphertextBlob: blob(6144),
  SourceKeyId: z.string().optional(),
  SourceEncryptionContext: context,
  DestinationKeyId: z.string(),
  DestinationEncryptionContext: context,
});

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) {
    throw validation(z.prettifyError(parsed.error));
  }
  return parsed.data;
}

const validation = (message: string): AwsError => new AwsError('ValidationException', message);

/** KMS gives this error no message: it says nothing about which check failed. */
const invalidCiphertext = (): AwsError => new AwsError('InvalidCiphertextException', '');
