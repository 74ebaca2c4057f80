import { DEPLOYMENT, type SecretBinding, type SecretBox } from '../servers/secret-box.ts';
import type { Server } from '../servers/server.ts';
import { openServerSecret } from '../servers/server-secret.ts';
import type { UpstreamTarget } from '../upstreams/upstream.ts';
import type { CallableServer } from './callable-server.ts';

/** A server as an upstream to speak to. At most one key operation. */
export async function serverTarget(box: SecretBox, { server, head, circuit }: CallableServer): Promise<UpstreamTarget> {
  const secret = await openServerSecret(box, bindingOf(server), server.sealedSecret);
  // What was negotiated over another connection need not hold over this one.
  const negotiated = head.revision === server.revision ? head.negotiated : undefined;
  return { ...server, secret, negotiated, circuit };
}

/** A system server may be called with a secret that was sealed for the deployment, and then for no tenant. */
function bindingOf({ tenantId, serverId, system }: Server): SecretBinding {
  return { tenantId: system?.credentialOf === 'deployment' ? DEPLOYMENT : tenantId, serverId };
}
