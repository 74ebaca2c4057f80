import type { Server, SystemStanding } from './server.ts';

/** Shown in place of every secret value: constant, so that it tells nothing, not even a length. */
const MASK = '••••••••';

/** A server as answers show it. Secrets are write-only. */
export function presentServer(server: Server): Record<string, unknown> {
  return server.system === undefined ? presentRegistration(server) : presentSystem(server, server.system);
}

function presentSystem(server: Server, standing: SystemStanding): Record<string, unknown> {
  const { slug } = server;
  const { credentialOf, tenantCredential, credentialHelp } = standing;
  const ready = credentialOf === 'nobody' ? 'needs_credentials' : 'ready';
  return {
    slug,
    name: server.name,
    system: true,
    state: server.enabled ? ready : 'disabled',
    ...(server.url !== '' && { url: server.url }),
    credential: {
      of: credentialOf,
      setWith: [...(tenantCredential ? [`PUT /v1/servers/${slug}/credential`] : []), `PUT /v1/admin/servers/${slug}`],
      help: credentialHelp,
    },
    rateLimitPerMinute: server.rateLimitPerMinute,
    enabled: server.enabled,
    version: server.version,
  };
}

function presentRegistration(server: Server): Record<string, unknown> {
  return {
    slug: server.slug,
    name: server.name,
    url: server.url,
    transport: server.transport,
    headers: Object.fromEntries(server.headerNames.map((name) => [name, MASK])),
    credential: presentCredential(server),
    rateLimitPerMinute: server.rateLimitPerMinute,
    enabled: server.enabled,
    trustDefinitions: server.trustDefinitions,
    version: server.version,
    lastSync: presentSync(server),
    createdAt: new Date(server.createdAt).toISOString(),
    updatedAt: new Date(server.updatedAt).toISOString(),
  };
}

function presentCredential(server: Server): Record<string, unknown> {
  switch (server.credentialType) {
    case 'none':
      return { type: 'none' };
    case 'bearer':
      return { type: 'bearer', token: MASK };
    case 'header':
      return { type: 'header', name: server.credentialHeader, value: MASK };
    case 'endpoint':
      return { type: 'endpoint', url: MASK };
  }
}

function presentSync({ lastSync }: Server): Record<string, unknown> {
  return lastSync.state === 'never' ? lastSync : { ...lastSync, at: new Date(lastSync.at).toISOString() };
}
