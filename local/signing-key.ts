import { linkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import * as z from 'zod';
import { prepareDataDirectory } from './data-directory.ts';
import { readFileIfPresent } from './private-file.ts';

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

export const SIGNING_ALGORITHM = 'RS256';

const base64url = z.base64url();
const storedKeySchema = z.object({
  kty: z.literal('RSA'),
  n: base64url,
  e: base64url,
  d: base64url,
  p: base64url,
  q: base64url,
  dp: base64url,
  dq: base64url,
  qi: base64url,
});
type StoredKey = z.infer<typeof storedKeySchema>;

/** The issuer's key: made once per data directory, so that tokens outlive the hub that they were made beside. */
export async function loadSigningKey(dataDirectory: string): Promise<SigningKey> {
  prepareDataDirectory(dataDirectory);
  const file = join(dataDirectory, 'issuer-key.json');
  const stored = readKey(file) ?? (await createKey(file));
  const publicKey = { kty: stored.kty, n: stored.n, e: stored.e };
  const kid = await calculateJwkThumbprint(publicKey);
  const privateKey = await importJWK(stored, SIGNING_ALGORITHM);
  if (privateKey instanceof Uint8Array) throw new Error(`${file} is not a key pair`);
  return { kid, privateKey, publicJwk: { ...publicKey, kid, alg: SIGNING_ALGORITHM, use: 'sig' } };
}

function readKey(file: string): StoredKey | undefined {
  const text = readFileIfPresent(file);
  return text === undefined ? undefined : storedKeySchema.parse(JSON.parse(text));
}

async function createKey(file: string): Promise<StoredKey> {
  const { privateKey } = await generateKeyPair(SIGNING_ALGORITHM, { extractable: true });
  const key = storedKeySchema.parse(await exportJWK(privateKey));
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, JSON.stringify(key), { mode: 0o600, flush: true });
  try {
    // A link never replaces: of two processes that start together, one makes the key and both use it.
    linkSync(temporary, file);
  } catch (error) {
    if (readKey(file) === undefined) throw error;
  } finally {
    rmSync(temporary);
  }
  return readKey(file) ?? key;
}
