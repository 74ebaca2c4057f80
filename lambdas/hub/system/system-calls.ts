import type { CallReader, ServerSubject } from '../calls/call-reader.ts';
import type { TenantId } from '../principal.ts';
import { systemCatalog } from './system-catalog.ts';
import { loadSystemServer } from './system-servers.ts';
import { NO_ROWS, tenantSystemServer } from './tenant-system-server.ts';

/** Finds system servers where a tenant has none of that name. What decides comes with the same read. */
export function createSystemCalls(calls: CallReader): CallReader {
  return {
    async read(tenantId, slug, exposedName) {
      const subject = await calls.read(tenantId, slug, exposedName);
      const found = await find(tenantId, slug, subject);
      if (found === undefined) return subject;
      const tool = found.tools.find((candidate) => candidate.exposedName === exposedName);
      return { ...subject, server: found.server, head: found.head, tool };
    },

    async readServer(tenantId, slug) {
      const subject = await calls.readServer(tenantId, slug);
      const found = await find(tenantId, slug, subject);
      return found === undefined ? subject : { ...subject, server: found.server, head: found.head };
    },
  };
}

async function find(tenantId: TenantId, slug: string, { server, system = NO_ROWS }: ServerSubject) {
  const known = server === undefined ? await loadSystemServer(slug) : undefined;
  if (known === undefined) return undefined;
  return { ...systemCatalog(known), server: tenantSystemServer(tenantId, known, system) };
}
