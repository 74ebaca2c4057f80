import type { SystemState } from './system-rows.ts';
import type { SystemServer } from './system-server.ts';

/** A system server as its admin sees it. The credential is write-only. */
export function presentSystemState(server: SystemServer, state: SystemState): Record<string, unknown> {
  const ready = state.sealedSecret === undefined ? 'needs_credentials' : 'ready';
  const url = state.url ?? server.url;
  return {
    slug: server.slug,
    name: server.name,
    state: state.enabled ? ready : 'disabled',
    enabled: state.enabled,
    rateLimitPerMinute: state.rateLimitPerMinute ?? server.rateLimitPerMinute,
    ...(url !== undefined && { url }),
    credential: state.sealedSecret === undefined ? null : '••••••••',
    credentialHelp: server.credentialHelp,
    tenantCredential: server.tenantCredential,
    tools: server.tools.length,
    version: state.version,
    ...(state.updatedAt > 0 && { updatedAt: new Date(state.updatedAt).toISOString() }),
  };
}
