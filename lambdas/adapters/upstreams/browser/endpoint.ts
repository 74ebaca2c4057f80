import { HubError } from '../../../hub/hub-error.ts';
import type { UpstreamTarget } from '../../../hub/upstreams/upstream.ts';
import type { Egress } from '../../egress/egress.ts';
import { EgressError } from '../../egress/egress-error.ts';

/** Where a browser is, and how it is spoken to there. */
export interface Endpoint {
  /** As the guard knows it: `https` stands for `wss`. */
  readonly url: URL;
  /** What a Playwright server speaks, or the browser's own DevTools protocol. */
  readonly protocol: 'playwright' | 'cdp';
}

const PROTOCOL_PARAMETER = 'nexus-protocol';

/**
 * The endpoint that an admin set. Its protocol cannot be told from outside without starting a browser for nothing, so the
 * address says it, in a parameter that is not sent on; otherwise it is DevTools where the path is one of Chromium's own.
 */
export function endpointOf({ secret }: UpstreamTarget, egress: Egress): Endpoint {
  const known = secret?.reveal();
  if (known?.credential.type !== 'endpoint') {
    throw new HubError('credential_required', 'no browser is set up; an administrator can set its endpoint');
  }
  const { url: raw } = known.credential;
  if (URL.parse(raw)?.origin !== known.origin) {
    throw new HubError('credential_required', 'the stored endpoint belongs to another address; provide it again');
  }
  if (!/^wss?:/.test(raw)) throw new EgressError('SCHEME');
  const url = egress.parse(raw.replace('ws', 'http'));
  const named = url.searchParams.get(PROTOCOL_PARAMETER);
  // Only then, because whatever is set writes the whole query anew.
  if (named !== null) url.searchParams.delete(PROTOCOL_PARAMETER);
  const isDevTools = named === 'cdp' || (named === null && url.pathname.startsWith('/devtools/'));
  return { url, protocol: isDevTools ? 'cdp' : 'playwright' };
}
