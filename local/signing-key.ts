import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import * as z from 'zod';
import { prepareDataDirectory } from './data-directory.ts';
import { ensurePrivateFile, readFileIfPresent } from './private-file.ts';

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
  /** The same key with its private members, for a library that imports keys itself. */
  readonly privateJwk: JWK;
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
  const described = { kid, alg: SIGNING_ALGORITHM, use: 'sig' };
  return { kid, privateKey, publicJwk: { ...publicKey, ...described }, privateJwk: { ...stored, ...described } };
}

function readKey(file: string): StoredKey | undefined {
  const text = readFileIfPresent(file);
  return text === undefined ? undefined : storedKeySchema.parse(JSON.parse(text));
}

async function createKey(file: string): Promise<StoredKey> {
  const { privateKey } = await generateKeyPair(SIGNING_ALGORITHM, { extractable: true });
  return storedKeySchema.parse(JSON.parse(ensurePrivateFile(file, JSON.stringify(await exportJWK(privateKey)))));
}
