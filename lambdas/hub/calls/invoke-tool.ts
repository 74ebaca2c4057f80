import * as z from 'zod/mini';
import type { CatalogHead, CatalogTool } from '../catalog/catalog.ts';
import { slugOf } from '../catalog/exposed-name.ts';
import { isToolEnabled } from '../catalog/permissions.ts';
import { HubError } from '../hub-error.ts';
import type { JsonObject } from '../json.ts';
import type { TenantId } from '../principal.ts';
import type { SecretBox } from '../servers/secret-box.ts';
import type { Server } from '../servers/server.ts';
import { openServerSecret } from '../servers/server-secret.ts';
import type { Upstream, UpstreamContext } from '../upstreams/upstream.ts';
import type { CallReader, CallSubject } from './call-reader.ts';

/** Body of `POST /v1/tools/{name}/invoke`. */
export const invokeSchema = z.strictObject({
  /** As they were parsed: the hub interprets nothing in them, so nothing in them is rebuilt. */
  arguments: z._default(
    z.custom<JsonObject>(
      (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
      'must be an object',
    ),
    {},
  ),
  /** Calls are synchronous. */
  mode: z._default(z.enum(['auto', 'sync']), 'auto'),
});

export interface InvokeToolDependencies {
  readonly calls: CallReader;
  readonly box: SecretBox;
  readonly upstream: Upstream;
}

/** Calls a tool once, if it exists and may be used. One read, at most one key operation, then the upstream. */
export function createInvokeTool({ calls, box, upstream }: InvokeToolDependencies) {
  return async (
    tenantId: TenantId,
    exposedName: string,
    args: JsonObject,
    context: UpstreamContext,
  ): Promise<JsonObject> => {
    const slug = slugOf(exposedName);
    if (slug === undefined) throw toolNotFound(exposedName);
    const { server, head, tool } = callable(exposedName, await calls.read(tenantId, slug, exposedName));
    const secret = await openServerSecret(box, server, server.sealedSecret);
    const negotiated = head.revision === server.revision ? head.negotiated : undefined;
    const target = { ...server, secret, negotiated };
    const { definition } = tool;
    return upstream.callTool(target, { name: definition.name, arguments: args, definition }, context);
  };
}

function callable(
  exposedName: string,
  { server, permissions, head, tool }: CallSubject,
): { server: Server; head: CatalogHead; tool: CatalogTool } {
  if (server === undefined) throw toolNotFound(exposedName);
  if (!server.enabled) throw new HubError('server_disabled', `the server "${server.slug}" is disabled`);
  if (head === undefined) {
    throw new HubError(
      'server_not_synced',
      `the tools of "${server.slug}" are not known; POST /v1/servers/${server.slug}/sync`,
    );
  }
  if (tool === undefined || tool.state === 'absent') throw toolNotFound(exposedName);
  if (!isToolEnabled(permissions, exposedName)) {
    throw new HubError('tool_disabled', `"${exposedName}" is disabled for your tenant; see GET /v1/permissions`);
  }
  if (tool.state === 'quarantined') {
    throw new HubError(
      'tool_quarantined',
      `the definition of "${exposedName}" was changed by its server; review it with POST /v1/servers/${server.slug}/approve`,
    );
  }
  return { server, head, tool };
}

function toolNotFound(exposedName: string): HubError {
  return new HubError('tool_not_found', `there is no tool "${exposedName.slice(0, 64)}"; see GET /v1/tools`);
}
