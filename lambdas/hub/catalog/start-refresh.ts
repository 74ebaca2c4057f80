import { HubError } from '../hub-error.ts';
import type { DueServer, DueServers, RefreshQueue } from './due-servers.ts';

export interface StartRefreshDependencies {
  readonly servers: DueServers;
  readonly queue: RefreshQueue;
  readonly intervalMs: number;
  readonly now: () => number;
}

export interface StartRefreshReport {
  /** Servers that a refresher was told of. */
  readonly started: number;
  /** The queue or the table could not be reached; the next run tries again. */
  readonly unreachable: number;
  /** There was no time for all; the next run goes on. */
  readonly more: boolean;
}

/**
 * Tells the refreshers of every server that is due. A message comes first and then a later time, as if it had been asked:
 * what comes of it decides the true one, and what is lost is found again. What was told twice is asked once.
 */
export function createStartRefresh({ servers, queue, intervalMs, now }: StartRefreshDependencies) {
  return async (deadline: { readonly at: number }): Promise<StartRefreshReport> => {
    const startedAt = now();
    let started = 0;
    let unreachable = 0;
    let cursor: string | undefined;
    do {
      if (now() >= deadline.at) return { started, unreachable, more: true };
      const page = await servers.due(startedAt, cursor);
      const told = await Promise.all(page.servers.map(tell));
      started += told.filter(Boolean).length;
      unreachable += told.filter((isTold) => !isTold).length;
      cursor = page.cursor;
    } while (cursor !== undefined);
    return { started, unreachable, more: false };
  };

  async function tell(server: DueServer): Promise<boolean> {
    try {
      const { tenantId, slug, serverId } = server;
      await queue.send({ tenantId, slug, serverId });
      await servers.postpone(server, now() + intervalMs);
      return true;
    } catch (error) {
      if (error instanceof HubError && error.code === 'unavailable') return false;
      throw error;
    }
  }
}
