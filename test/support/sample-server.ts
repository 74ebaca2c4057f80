import { tenantIdSchema } from '../../lambdas/hub/principal.ts';
import type { Server } from '../../lambdas/hub/servers/server.ts';

/** A server as it is stored, enabled and without a secret. */
export function sampleServer(slug: string, more: Partial<Server> = {}): Server {
  return {
    tenantId: tenantIdSchema.parse('acme'),
    serverId: `id-of-${slug}`,
    slug,
    name: slug,
    adapter: 'mcp',
    url: 'https://mcp.dev/',
    transport: 'auto',
    headerNames: [],
    credentialType: 'none',
    credentialHeader: undefined,
    sealedSecret: undefined,
    rateLimitPerMinute: 60,
    enabled: true,
    trustDefinitions: false,
    system: undefined,
    revision: 1,
    version: 1,
    lastSync: { state: 'ok', at: 1 },
    createdAt: 1,
    updatedAt: 1,
    ...more,
  };
}
