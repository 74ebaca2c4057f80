import * as z from 'zod/mini';
import { HubError } from '../hub-error.ts';
import type { ConnectionRules } from '../servers/connection-rules.ts';
import type { ExpectedVersion } from '../servers/expected-version.ts';
import { DEPLOYMENT, type SecretBinding, type SecretBox } from '../servers/secret-box.ts';
import { sealServerSecret } from '../servers/server-secret.ts';
import { addressOf, originOf } from './system-address.ts';
import { initialState, type SystemState } from './system-rows.ts';
import { systemSecret } from './system-secret.ts';
import type { SystemServer } from './system-server.ts';
import type { SystemStore } from './system-store.ts';
import { systemServerId } from './tenant-system-server.ts';

/** One string, whatever its form. */
export const credentialSchema = z.string().check(z.minLength(1), z.maxLength(4096));

/** Body of `PUT /v1/admin/servers/{slug}`: what is not sent stays, `null` goes back to what the code says. */
export const setSystemServerSchema = z
  .strictObject({
    credential: z.optional(z.nullable(credentialSchema)),
    enabled: z.optional(z.boolean()),
    /** Calls per minute of each tenant. */
    rateLimitPerMinute: z.optional(z.nullable(z.int().check(z.minimum(1), z.maximum(100_000)))),
    /** Only of a server that people also run themselves. */
    url: z.optional(z.nullable(z.string().check(z.minLength(1), z.maxLength(2048)))),
  })
  .check(z.refine((input) => Object.keys(input).length > 0, 'send at least one member to change'));
export type SetSystemServer = z.infer<typeof setSystemServerSchema>;

export interface SetSystemServerDependencies {
  readonly system: Pick<SystemStore, 'readState' | 'writeState'>;
  readonly box: SecretBox;
  readonly rules: ConnectionRules;
  readonly now: () => number;
  /** Whether every system server may be moved: at the local stage, to a server that stands for the real one. */
  readonly movesAll: boolean;
}

/** What an admin decides about a system server, for all tenants. Its credential is sealed for the deployment. */
export function createSetSystemServer({ system, box, rules, now, movesAll }: SetSystemServerDependencies) {
  return async (
    server: SystemServer,
    input: SetSystemServer,
    expected: ExpectedVersion | undefined,
  ): Promise<SystemState> => {
    const { slug } = server;
    const current = (await system.readState(slug)) ?? initialState(slug);
    if (expected !== undefined && !isExpected(current, expected)) throw changedMeanwhile();
    const url = addressFor(server, current, input);
    const state: SystemState = {
      slug,
      enabled: input.enabled ?? current.enabled,
      rateLimitPerMinute: changed(input.rateLimitPerMinute, current.rateLimitPerMinute),
      url,
      sealedSecret: await credentialFor(server, current, { ...input, url }),
      version: current.version + 1,
      updatedAt: now(),
    };
    await system.writeState(state, current.version);
    return state;
  };

  function addressFor(server: SystemServer, current: SystemState, input: SetSystemServer): string | undefined {
    const { url } = input;
    if (server.credential.type === 'endpoint') return endpointAddress(server, current, input);
    if (url === undefined) return current.url;
    if (!server.movable && !movesAll)
      throw new HubError('invalid_request', `the address of "${server.slug}" cannot be changed`);
    return url === null ? undefined : acceptBase(url);
  }

  /** Paths of requests are put behind it. */
  function acceptBase(url: string): string {
    const accepted = rules.acceptUrl(url);
    if (!accepted.includes('?')) return accepted;
    throw new HubError('invalid_request', 'the address of an API ends with its path; leave out "?" and what follows');
  }

  /** It belongs to the origin that it was given for: at another one it has to be given again. */
  async function credentialFor(
    server: SystemServer,
    current: SystemState,
    { credential, url }: Pick<SetSystemServer, 'credential'> & { readonly url: string | undefined },
  ): Promise<Uint8Array | undefined> {
    if (credential === null) return undefined;
    const address = addressOf(server, { url });
    if (credential !== undefined) {
      const binding: SecretBinding = { tenantId: DEPLOYMENT, serverId: systemServerId(server.slug) };
      return sealServerSecret(box, binding, systemSecret(server, credential, { url: address, rules }));
    }
    if (current.sealedSecret !== undefined && originOf(address) !== originOf(addressOf(server, current))) {
      throw new HubError(
        'credential_required',
        'the url has another origin than the stored credential was given for; send the credential again, or null',
      );
    }
    return current.sealedSecret;
  }
}

/** What may be shown of an endpoint, whose path and query may be secret. */
function endpointAddress(
  { slug }: SystemServer,
  current: SystemState,
  { url, credential }: SetSystemServer,
): string | undefined {
  if (url !== undefined) {
    throw new HubError('invalid_request', `the address of "${slug}" is its credential; leave out "url"`);
  }
  if (credential === undefined) return current.url;
  return credential === null ? undefined : URL.parse(credential)?.origin;
}

function changed<T>(sent: T | null | undefined, current: T | undefined): T | undefined {
  return sent === undefined ? current : (sent ?? undefined);
}

function isExpected({ slug, version }: SystemState, expected: ExpectedVersion): boolean {
  return expected.version === version && (expected.id === undefined || expected.id === systemServerId(slug));
}

function changedMeanwhile(): HubError {
  return new HubError('precondition_failed', 'the server was changed since you read it; read it again');
}
