import { HubError } from '../hub-error.ts';
import type { TenantId } from '../principal.ts';
import type { Secret } from '../secret.ts';
import type { ConnectionRules } from '../servers/connection-rules.ts';
import { type ExpectedVersion, requireExpected } from '../servers/expected-version.ts';
import type { SecretBox } from '../servers/secret-box.ts';
import type { Server } from '../servers/server.ts';
import type { ChangeServer } from '../servers/server-input.ts';
import { serverNotFound } from '../servers/server-refusals.ts';
import { openServerSecret, sealServerSecret, secretFor } from '../servers/server-secret.ts';
import type { ServerStore } from '../servers/server-store.ts';
import type { Credential, UpstreamContext, UpstreamSecret } from '../upstreams/upstream.ts';
import { checkHeaders } from './check-headers.ts';
import type { ProbeOptions, ProbeServer } from './probe-server.ts';
import type { RegisteredServer } from './register-server.ts';
import type { StoreDiscovery } from './store-discovery.ts';

export interface ChangeServerDependencies {
  readonly servers: ServerStore;
  readonly box: SecretBox;
  readonly rules: ConnectionRules;
  readonly probe: ProbeServer;
  readonly storeDiscovery: StoreDiscovery;
  readonly now: () => number;
}

/**
 * Changes what is sent and keeps the rest. New connection settings are tried first; when the server does not answer under
 * them nothing is changed, unless the caller forces it.
 */
export function createChangeServer({ servers, box, rules, probe, storeDiscovery, now }: ChangeServerDependencies) {
  return async (
    tenantId: TenantId,
    slug: string,
    change: ChangeServer,
    options: ProbeOptions & { readonly expected: ExpectedVersion | undefined },
    context: UpstreamContext,
  ): Promise<RegisteredServer> => {
    const current = await servers.get(tenantId, slug);
    if (current === undefined) throw serverNotFound(slug);
    requireExpected(current, options.expected);
    const changed = applySettings(current, change, now());
    if (!needsSync(change)) {
      await servers.replace(changed, current.version);
      return { server: changed, found: undefined };
    }
    const { server, secret } = await withConnection(current, changed, change);
    const probed = await probe(server, secret, options, context);
    if ('failure' in probed) {
      await servers.replace(server, current.version, probed.failure);
      return { server: { ...server, lastSync: probed.failure }, found: undefined };
    }
    const write = { kind: 'change', server, expectedVersion: current.version } as const;
    const found = await storeDiscovery(write, probed.discovery);
    return { server: found.server, found };
  };

  async function withConnection(
    current: Server,
    changed: Server,
    change: ChangeServer,
  ): Promise<{ server: Server; secret: Secret<UpstreamSecret> | undefined }> {
    const url = change.url === undefined ? current.url : rules.acceptUrl(change.url);
    const kept = await keptSecret(current, url, change);
    const headers = change.headers ?? kept.headers;
    const credential = change.credential ?? kept.credential;
    checkHeaders(rules, headers, credential);
    const secret = secretFor(url, headers, credential);
    const sealedSecret = await sealServerSecret(box, current, secret);
    const server = {
      ...changed,
      url,
      transport: change.transport ?? current.transport,
      headerNames: Object.keys(headers),
      credentialType: credential.type,
      credentialHeader: credential.type === 'header' ? credential.name : undefined,
      sealedSecret,
      revision: current.revision + 1,
    };
    return { server, secret };
  }

  /**
   * What stays of the stored secret. It belongs to the origin it was given for: whoever may change a URL must not thereby
   * learn a secret, so another origin needs every kept part to be sent again.
   */
  async function keptSecret(
    current: Server,
    url: string,
    change: ChangeServer,
  ): Promise<{ headers: Readonly<Record<string, string>>; credential: Credential }> {
    const nothing = { headers: {}, credential: { type: 'none' } as const };
    const keepsHeaders = change.headers === undefined && current.headerNames.length > 0;
    const keepsCredential = change.credential === undefined && current.credentialType !== 'none';
    if (!keepsHeaders && !keepsCredential) return nothing;
    if (new URL(url).origin !== new URL(current.url).origin) {
      throw new HubError(
        'credential_required',
        'the url has another origin than the stored secrets were given for; send headers and credential again, or {} and {"type":"none"}',
      );
    }
    const secret = await openServerSecret(box, current, current.sealedSecret);
    return secret?.reveal() ?? nothing;
  }
}

function needsSync(change: ChangeServer): boolean {
  return (
    change.url !== undefined ||
    change.transport !== undefined ||
    change.headers !== undefined ||
    change.credential !== undefined ||
    change.trustDefinitions === true
  );
}

function applySettings(current: Server, change: ChangeServer, at: number): Server {
  return {
    ...current,
    name: change.name ?? current.name,
    rateLimitPerMinute: change.rateLimitPerMinute ?? current.rateLimitPerMinute,
    enabled: change.enabled ?? current.enabled,
    trustDefinitions: change.trustDefinitions ?? current.trustDefinitions,
    version: current.version + 1,
    updatedAt: at,
  };
}
