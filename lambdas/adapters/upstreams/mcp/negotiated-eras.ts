import { ProtocolError } from '@modelcontextprotocol/client';
import { LRUCache } from 'lru-cache';
import type { HubError } from '../../../hub/hub-error.ts';
import type { Negotiated, UpstreamTarget } from '../../../hub/upstreams/upstream.ts';

/** How servers are spoken to of which nothing is stored, because the code knows what they offer. */
export interface NegotiatedEras {
  recall(target: UpstreamTarget): Negotiated | undefined;
  note(target: UpstreamTarget, negotiated: Negotiated): void;
  forget(target: UpstreamTarget): void;
}

const MAX_SERVERS = 500;

/** Lives as long as the execution environment. Holds nothing of a tenant but how one server answered it. */
export function createNegotiatedEras(): NegotiatedEras {
  const eras = new LRUCache<string, Negotiated>({ max: MAX_SERVERS });
  return {
    recall: (target) => eras.get(keyOf(target)),
    note: (target, negotiated) => void eras.set(keyOf(target), negotiated),
    forget: (target) => void eras.delete(keyOf(target)),
  };
}

/**
 * Whether a request may have failed because the server no longer wants to be spoken to like that. A JSON-RPC error that
 * answers it is no sign of that: who answers has understood.
 */
export function isDoubtfulEra(error: unknown, { code }: HubError): boolean {
  return code === 'upstream_not_mcp' || (code === 'upstream_error' && !(error instanceof ProtocolError));
}

/** The address is part of it, because an admin may move a system server. */
function keyOf({ tenantId, serverId, revision, url }: UpstreamTarget): string {
  return JSON.stringify([tenantId, serverId, revision, url]);
}
