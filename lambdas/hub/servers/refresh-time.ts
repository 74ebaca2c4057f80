import { createHash } from 'node:crypto';
import type { Server } from './server.ts';

export const HOUR_MS = 3600_000;
/** After a first failure; each further one doubles it, up to the interval of servers that answer. */
const FIRST_RETRY_MS = 10 * 60_000;
/** Servers that were asked at the same moment are not asked so the next time. */
const SPREAD = 0.2;

/**
 * When a server is to be asked again what it offers, epoch milliseconds; never while it is disabled. It follows from the
 * server alone, so that whoever has one knows whether it is due, and asking twice is noticed.
 */
export function refreshAt(
  server: Pick<Server, 'serverId' | 'enabled' | 'lastSync' | 'createdAt'>,
  intervalMs: number,
): number | undefined {
  const { lastSync } = server;
  if (!server.enabled) return undefined;
  if (lastSync.state === 'never') return server.createdAt;
  const retryMs = lastSync.state === 'failed' ? FIRST_RETRY_MS * 2 ** (lastSync.failures - 1) : intervalMs;
  const waitMs = Math.min(retryMs, intervalMs) * (1 - SPREAD * fraction(server.serverId, lastSync.at));
  return lastSync.at + Math.ceil(waitMs);
}

/** From 0 to 1: another one for each server and each time, but always the same for both. */
function fraction(serverId: string, at: number): number {
  const hash = createHash('sha256').update(`${serverId} ${at}`).digest();
  return hash.readUInt32BE() / 2 ** 32;
}
