import * as z from 'zod/mini';
import { Secret } from '../secret.ts';
import type { Credential, UpstreamSecret } from '../upstreams/upstream.ts';
import type { SecretBinding, SecretBox } from './secret-box.ts';

const upstreamSecretSchema = z.strictObject({
  origin: z.string(),
  headers: z.record(z.string(), z.string()),
  credential: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('none') }),
    z.strictObject({ type: z.literal('bearer'), token: z.string() }),
    z.strictObject({ type: z.literal('header'), name: z.string(), value: z.string() }),
    z.strictObject({ type: z.literal('endpoint'), url: z.string() }),
  ]),
});

/** The secret part of a server's settings, bound to the origin it was given for; undefined when there is nothing secret. */
export function secretFor(
  url: string,
  headers: Readonly<Record<string, string>>,
  credential: Credential,
): Secret<UpstreamSecret> | undefined {
  if (credential.type === 'none' && Object.keys(headers).length === 0) return undefined;
  return new Secret({ origin: new URL(url).origin, headers, credential });
}

export async function sealServerSecret(
  box: SecretBox,
  binding: SecretBinding,
  secret: Secret<UpstreamSecret> | undefined,
): Promise<Uint8Array | undefined> {
  if (secret === undefined) return undefined;
  const bytes = new TextEncoder().encode(JSON.stringify(secret.reveal()));
  return box.seal(binding, new Secret(bytes));
}

export async function openServerSecret(
  box: SecretBox,
  binding: SecretBinding,
  sealed: Uint8Array | undefined,
): Promise<Secret<UpstreamSecret> | undefined> {
  if (sealed === undefined) return undefined;
  const opened = await box.open(binding, sealed);
  return new Secret(upstreamSecretSchema.parse(JSON.parse(new TextDecoder().decode(opened.reveal()))));
}
