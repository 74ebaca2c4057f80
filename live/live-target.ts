import { createConnectionRules } from '../lambdas/adapters/egress/connection-rules.ts';
import type { Egress } from '../lambdas/adapters/egress/egress.ts';
import { tenantIdSchema } from '../lambdas/hub/principal.ts';
import { systemSecret } from '../lambdas/hub/system/system-secret.ts';
import type { SystemServer } from '../lambdas/hub/system/system-server.ts';
import { NO_ROWS, tenantSystemServer } from '../lambdas/hub/system/tenant-system-server.ts';
import { CLOSED } from '../lambdas/hub/upstreams/circuit.ts';
import type { UpstreamTarget } from '../lambdas/hub/upstreams/upstream.ts';

/** A system server as some tenant calls it with this credential, which is checked as any that an admin sets. */
export function liveTarget(known: SystemServer, credential: string, egress: Egress): UpstreamTarget {
  const server = tenantSystemServer(tenantIdSchema.parse('live'), known, NO_ROWS);
  const rules = createConnectionRules(egress, []);
  const secret = systemSecret(known, credential, { url: known.url, rules });
  return { ...server, secret, negotiated: undefined, circuit: CLOSED };
}
