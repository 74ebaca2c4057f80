import type { ExchangeBasis } from './exchange.ts';
import type { SelfDescription } from './request-server.ts';
import type { ShownServer } from './shown-server.ts';

/** Methods by which a client asks what an endpoint is. */
const INTRODUCTIONS = new Set(['initialize', 'server/discover']);

const ALL_SERVERS =
  'This is a hub: each tool is named after the server that has it, as server_tool, and each resource likewise, as ' +
  'server+uri. Tools of different servers work together only through you.';
const SEARCH =
  `${ALL_SERVERS} The tools are not listed. Find them with hub_search, read how to use them with hub_describe, and ` +
  'use them with hub_call.';

/** For other methods nothing is read: what the endpoint says of itself is not asked. */
const UNASKED: SelfDescription = { completions: true, instructions: '' };

export interface DescribedRequest {
  readonly basis: ExchangeBasis;
  readonly method: string | undefined;
  readonly searches: boolean;
}

/**
 * What the endpoint can do and how it is used. One server is shown with its own instructions, bounded and without
 * control characters; `HubError('server_not_found')` when it does not exist.
 */
export async function describeEndpoint(
  shown: ShownServer,
  { basis: { call, names }, method, searches }: DescribedRequest,
): Promise<SelfDescription> {
  if (method === undefined || !INTRODUCTIONS.has(method)) return UNASKED;
  if (names.server === undefined) return { completions: true, instructions: searches ? SEARCH : ALL_SERVERS };
  const { head } = await shown.read(call.principal.tenantId, names.server);
  return {
    completions: head?.features.completions ?? false,
    instructions: (head?.instructions ?? '').replaceAll(/[^\P{C}\n\t]/gu, ''),
  };
}
