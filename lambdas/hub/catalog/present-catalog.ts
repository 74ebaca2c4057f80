import type { ServerCatalog } from './catalog.ts';
import { quarantined } from './quarantine.ts';

/** What was found on a server, as answers show it. */
export function presentCatalog({ head, tools }: ServerCatalog): Record<string, unknown> {
  return {
    ...(head.negotiated && { era: head.negotiated.era, transport: head.negotiated.transport }),
    serverInfo: head.serverInfo,
    instructions: head.instructions,
    counts: head.counts,
    rejected: head.rejected,
    quarantined: quarantined(tools),
    ...(head.syncedAt > 0 && { syncedAt: new Date(head.syncedAt).toISOString() }),
  };
}
