import { secretOf, targetOf } from '../upstreams/upstream-under-test.ts';
import type { UpstreamTarget } from '../../../lambdas/hub/upstreams/upstream.ts';

/** The system server as a tenant finds it where an admin set this endpoint. */
export function browserTargetOf(endpoint: string): UpstreamTarget {
  const secret = secretOf(new URL(endpoint).origin, { credential: { type: 'endpoint', url: endpoint } });
  return targetOf('', { slug: 'playwright', adapter: 'browser', secret });
}
