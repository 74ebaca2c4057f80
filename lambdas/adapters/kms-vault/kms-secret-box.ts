import { createHash } from 'node:crypto';
import {
  DecryptCommand,
  type DecryptCommandOutput,
  GenerateDataKeyCommand,
  type GenerateDataKeyCommandOutput,
} from '@aws-sdk/client-kms';
import { LRUCache } from 'lru-cache';
import { VAULT_CONTEXT, type VaultPurpose } from '../../contract.ts';
import { HubError } from '../../hub/hub-error.ts';
import { Secret } from '../../hub/secret.ts';
import type { SecretBinding, SecretBox } from '../../hub/servers/secret-box.ts';
import { type DataKey, type EncryptionContext, openSecret, parseSealedSecret, sealSecret } from './sealed-secret.ts';
import { SealedSecretError } from './sealed-secret-error.ts';

/** What the vault uses of a `KMSClient`. */
export interface VaultKms {
  send(command: GenerateDataKeyCommand): Promise<GenerateDataKeyCommandOutput>;
  send(command: DecryptCommand): Promise<DecryptCommandOutput>;
}

interface KmsSecretBoxDeps {
  readonly kms: VaultKms;
  readonly keyArn: string;
  readonly stage: string;
  /** Part of every binding: what one box sealed, a box of another purpose does not open. */
  readonly purpose: VaultPurpose;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const CACHE = { max: 100, ttl: 60_000 } as const;

/** KMS's way to say that an encrypted data key, its encryption context and the key do not belong together. */
const REFUSED_BY_KMS = new Set(['InvalidCiphertextException', 'IncorrectKeyException']);

/** One data key for every write; a secret that was opened stays in memory for at most a minute, one just sealed does not. */
export function createKmsSecretBox({ kms, keyArn, now, ...scope }: KmsSecretBoxDeps): SecretBox {
  // A resolution of 0 makes every look-up ask the clock; a timer would stand still in a frozen environment.
  const opened = new LRUCache<string, Secret<Uint8Array>>({ ...CACHE, ttlResolution: 0, perf: { now } });
  return {
    async seal(binding, plaintext) {
      const context = contextOf(binding, scope);
      const dataKey = await generateDataKey(kms, keyArn, context);
      return withDataKey(dataKey.plaintext, () => sealSecret(plaintext.reveal(), dataKey, context));
    },
    async open(binding, blob) {
      const cacheKey = cacheKeyOf(binding, blob);
      const known = opened.get(cacheKey);
      if (known !== undefined) return known;
      const sealed = parseSealedSecret(blob);
      const context = contextOf(binding, scope);
      const dataKey = await decryptDataKey(kms, keyArn, context, sealed.encryptedDataKey);
      const secret = withDataKey(dataKey, () => new Secret(openSecret(sealed, dataKey, context)));
      opened.set(cacheKey, secret);
      return secret;
    },
  };
}

function contextOf(
  { tenantId, serverId }: SecretBinding,
  { stage, purpose }: Pick<KmsSecretBoxDeps, 'stage' | 'purpose'>,
): EncryptionContext {
  const { app } = VAULT_CONTEXT;
  return { app, stage, tenantId, serverId, purpose, v: '1' } satisfies Record<
    (typeof VAULT_CONTEXT.keys)[number],
    string
  >;
}

function cacheKeyOf({ tenantId, serverId }: SecretBinding, blob: Uint8Array): string {
  return JSON.stringify([tenantId, serverId, createHash('sha256').update(blob).digest('base64')]);
}

async function generateDataKey(kms: VaultKms, keyArn: string, context: EncryptionContext): Promise<DataKey> {
  const command = new GenerateDataKeyCommand({ KeyId: keyArn, KeySpec: 'AES_256', EncryptionContext: { ...context } });
  const { Plaintext: plaintext, CiphertextBlob: encrypted } = await kms.send(command).catch(unavailable);
  if (plaintext?.length !== 32 || encrypted === undefined) throw unusable();
  return { plaintext, encrypted };
}

async function decryptDataKey(
  kms: VaultKms,
  keyArn: string,
  context: EncryptionContext,
  encrypted: Uint8Array,
): Promise<Uint8Array> {
  const command = new DecryptCommand({ KeyId: keyArn, CiphertextBlob: encrypted, EncryptionContext: { ...context } });
  const { Plaintext: plaintext } = await kms.send(command).catch((error: unknown) => {
    if (REFUSED_BY_KMS.has(nameOf(error))) throw new SealedSecretError('DATA_KEY');
    return unavailable(error);
  });
  if (plaintext?.length !== 32) throw unusable();
  return plaintext;
}

function withDataKey<T>(dataKey: Uint8Array, use: () => T): T {
  try {
    return use();
  } finally {
    dataKey.fill(0);
  }
}

/** Keeps the name of the original error only: an SDK error carries the HTTP response, which may carry a data key. */
function unavailable(error: unknown): never {
  throw unusable(nameOf(error));
}

function unusable(reason = 'UnexpectedResponse'): HubError {
  return new HubError('unavailable', 'the vault key cannot be used at the moment, try again later', {
    cause: new Error(`kms: ${reason}`),
  });
}

function nameOf(error: unknown): string {
  return error instanceof Error && /^\w{1,64}$/.test(error.name) ? error.name : 'UnknownError';
}
