import type { Egress } from '../adapters/egress/egress.ts';
import { createLegacySessions } from '../adapters/upstreams/mcp/legacy-sessions.ts';
import { createMcpUpstream } from '../adapters/upstreams/mcp/mcp-upstream.ts';
import { createNegotiatedEras } from '../adapters/upstreams/mcp/negotiated-eras.ts';
import type { Discoverer, Upstream } from '../hub/upstreams/upstream.ts';

export interface McpParts {
  readonly egress: Egress;
  readonly hubId: string;
  readonly now: () => number;
}

/** The way to servers that speak MCP, with all that a warm environment remembers of them. */
export function wireMcp({ egress, hubId, now }: McpParts): Upstream & Discoverer {
  const remembered = { sessions: createLegacySessions({ now }), eras: createNegotiatedEras() };
  return createMcpUpstream({ egress, hubId, now, ...remembered });
}
