import * as z from 'zod/mini';
import { HUB_ERROR_CODES } from '../../hub/hub-error.ts';
import { tenantIdSchema } from '../../hub/principal.ts';
import type { Server } from '../../hub/servers/server.ts';
import { TRANSPORTS } from '../../hub/upstreams/upstream.ts';

const lastSyncSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('never') }),
  z.object({ state: z.literal('ok'), at: z.number() }),
  z.object({
    state: z.literal('failed'),
    at: z.number(),
    code: z.enum(HUB_ERROR_CODES),
    failures: z._default(z.number(), 1),
  }),
]);

const serverItemSchema = z.object({
  tenantId: tenantIdSchema,
  serverId: z.string(),
  slug: z.string(),
  name: z.string(),
  url: z.string(),
  transport: z.enum(TRANSPORTS),
  headerNames: z.array(z.string()),
  credentialType: z.enum(['none', 'bearer', 'header']),
  credentialHeader: z.optional(z.string()),
  sealedSecret: z.optional(z.instanceof(Uint8Array)),
  rateLimitPerMinute: z.number(),
  enabled: z.boolean(),
  trustDefinitions: z.boolean(),
  revision: z.number(),
  version: z.number(),
  lastSync: lastSyncSchema,
  createdAt: z.number(),
  updatedAt: z.number(),
});

/** Attributes that a change of settings writes; the key and `lastSync` have other owners. */
export type ServerSettings = Omit<
  Server,
  'tenantId' | 'slug' | 'serverId' | 'adapter' | 'system' | 'lastSync' | 'createdAt'
>;

export function serverFromItem(item: Readonly<Record<string, unknown>>): Server {
  const parsed = serverItemSchema.parse(item);
  return {
    ...parsed,
    adapter: 'mcp',
    system: undefined,
    credentialHeader: parsed.credentialHeader,
    sealedSecret: parsed.sealedSecret,
  };
}

export function settingsOf(server: Server): ServerSettings {
  const { tenantId, slug, serverId, adapter, system, lastSync, createdAt, ...settings } = server;
  return settings;
}
