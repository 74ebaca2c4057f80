import * as z from 'zod/mini';
import { HubError } from '../hub-error.ts';
import type { TenantId } from '../principal.ts';
import type { ConnectionRules } from '../servers/connection-rules.ts';
import { type ExpectedVersion, requireExpected } from '../servers/expected-version.ts';
import type { SecretBox } from '../servers/secret-box.ts';
import type { Server } from '../servers/server.ts';
import type { ServerStore } from '../servers/server-store.ts';
import { sealServerSecret } from '../servers/server-secret.ts';
import { credentialSchema } from './set-system-server.ts';
import { addressOf, originOf } from './system-address.ts';
import { isRegistered, requireOwnCredential } from './system-refusals.ts';
import { systemSecret } from './system-secret.ts';
import type { SystemStore } from './system-store.ts';
import { systemServerId, tenantSystemServer, tenantViewId } from './tenant-system-server.ts';

/** Body of `PUT /v1/servers/{slug}/credential`. */
export const ownCredentialSchema = z.strictObject({ credential: credentialSchema });

export interface OwnCredentialDependencies {
  readonly system: Pick<SystemStore, 'readState' | 'readOwn' | 'writeOwn' | 'deleteOwn'>;
  /** Those that tenants registered, and no others. */
  readonly registered: Pick<ServerStore, 'get'>;
  readonly box: SecretBox;
  readonly rules: ConnectionRules;
  readonly now: () => number;
}

/** A tenant's own credential for a system server, used for this tenant before the deployment's. Answers the server with it. */
export function createSetOwnCredential({ system, registered, box, rules, now }: OwnCredentialDependencies) {
  return async (
    tenantId: TenantId,
    slug: string,
    credential: string,
    expected: ExpectedVersion | undefined,
  ): Promise<Server> => {
    const server = await requireOwnCredential(slug);
    const [state, current, taken] = await Promise.all([
      system.readState(slug),
      system.readOwn(tenantId, slug),
      registered.get(tenantId, slug),
    ]);
    if (taken !== undefined) throw isRegistered(slug);
    requireExpected(
      { ...tenantSystemServer(tenantId, server, { state, own: current }), serverId: tenantViewId(slug) },
      expected,
    );
    const url = addressOf(server, state);
    const secret = systemSecret(server, credential, { url, rules });
    const sealedSecret = await sealServerSecret(box, { tenantId, serverId: systemServerId(slug) }, secret);
    if (sealedSecret === undefined) throw new Error('a credential is a secret');
    const before = current?.version ?? 0;
    // Never a version again that an earlier credential had: what is remembered of it must not be taken for this one's.
    const version = Math.max(before + 1, now());
    const brought = { slug, origin: originOf(url), sealedSecret, version, updatedAt: now() };
    await system.writeOwn(tenantId, brought, before);
    return tenantSystemServer(tenantId, server, { state, own: brought });
  };
}

/** Forgets it; the deployment's credential is used from then on, if there is one. */
export function createRemoveOwnCredential({ system }: Pick<OwnCredentialDependencies, 'system'>) {
  return async (tenantId: TenantId, slug: string, expected: ExpectedVersion | undefined): Promise<void> => {
    const server = await requireOwnCredential(slug);
    const [state, own] = await Promise.all([system.readState(slug), system.readOwn(tenantId, slug)]);
    requireExpected(
      { ...tenantSystemServer(tenantId, server, { state, own }), serverId: tenantViewId(slug) },
      expected,
    );
    if (own === undefined) {
      throw new HubError('server_not_found', `your tenant has no credential of its own for "${slug}"`);
    }
    await system.deleteOwn(tenantId, own);
  };
}
