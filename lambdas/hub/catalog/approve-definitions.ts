import * as z from 'zod/mini';
import { HubError } from '../hub-error.ts';
import type { TenantId } from '../principal.ts';
import { type ExpectedVersion, requireExpected } from '../servers/expected-version.ts';
import { serverNotFound } from '../servers/server-refusals.ts';
import type { ServerStore } from '../servers/server-store.ts';
import type { CatalogTool } from './catalog.ts';
import type { CatalogStore } from './catalog-store.ts';
import { type QuarantinedTool, quarantined, type Review, review } from './quarantine.ts';

/** Body of `POST /v1/servers/{slug}/approve`. Without `tools` nothing is approved and the answer shows what waits. */
export const approveSchema = z.strictObject({
  tools: z._default(
    z
      .array(z.strictObject({ tool: z.string().check(z.maxLength(64)), hash: z.string().check(z.maxLength(64)) }))
      .check(z.maxLength(500)),
    [],
  ),
  /** `next` of the review before. */
  after: z.optional(z.string().check(z.maxLength(64))),
});
export type Approval = z.infer<typeof approveSchema>;

export interface ApprovalOutcome extends Review {
  readonly approved: readonly QuarantinedTool[];
}

/**
 * Accepts changed definitions. An approval names the hash of what the approver was shown, so a definition that changes
 * once more between reading and approving is not approved by it. All or nothing.
 */
export function createApproveDefinitions({ servers, catalog }: { servers: ServerStore; catalog: CatalogStore }) {
  return async (
    tenantId: TenantId,
    slug: string,
    approval: Approval,
    expected: ExpectedVersion | undefined,
  ): Promise<ApprovalOutcome> => {
    const [server, stored, pins] = await Promise.all([
      servers.get(tenantId, slug),
      catalog.readLatest(tenantId, slug),
      catalog.readPins(tenantId, slug),
    ]);
    if (server === undefined) throw serverNotFound(slug);
    requireExpected(server, expected);
    const tools = stored?.head.serverId === server.serverId ? stored.tools : [];
    const chosen = [...new Set(approval.tools.map((wanted) => choose(tools, wanted)))];
    if (chosen.length > 0) await catalog.approve(server, chosen, pins);
    const rest = tools.filter((tool) => !chosen.includes(tool));
    return { approved: quarantined(chosen), ...review(rest, approval.after) };
  };
}

function choose(tools: readonly CatalogTool[], wanted: Approval['tools'][number]): CatalogTool {
  const tool = tools.find(({ exposedName, state }) => exposedName === wanted.tool && state === 'quarantined');
  if (tool === undefined) {
    throw new HubError('tool_not_found', `"${wanted.tool}" is not quarantined; the empty body shows what is`);
  }
  if (tool.hash !== wanted.hash) {
    throw new HubError(
      'definition_changed',
      `"${wanted.tool}" was changed again; read the new definition and approve that`,
    );
  }
  return tool;
}
