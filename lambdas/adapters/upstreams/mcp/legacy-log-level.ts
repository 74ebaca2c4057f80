import { ProtocolError, type RequestOptions } from '@modelcontextprotocol/client';
import type { LogLevel } from '../../../hub/upstreams/upstream.ts';
import type { Connection } from './connect.ts';

/** Tells a legacy server the level for its session, unless it knows; a modern one is told with each request. */
export async function setLegacyLogLevel(
  { client, negotiated, logging }: Connection,
  level: LogLevel | undefined,
  options: RequestOptions,
): Promise<void> {
  if (negotiated.era === 'modern' || level === undefined || level === logging.level) return;
  if (client.getServerCapabilities()?.logging === undefined) return;
  await client.setLoggingLevel(level, options).catch(unlessRefused);
  logging.level = level;
}

/** A call is worth more than its log. */
function unlessRefused(error: unknown): void {
  if (!(error instanceof ProtocolError)) throw error;
}
