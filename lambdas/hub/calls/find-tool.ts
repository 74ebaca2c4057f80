import type { CatalogTool } from '../catalog/catalog.ts';
import { slugOf } from '../catalog/exposed-name.ts';
import { withLearnedDuration } from '../catalog/learned-duration.ts';
import { isSafeToRepeat, isToolEnabled } from '../catalog/permissions.ts';
import { HubError } from '../hub-error.ts';
import type { TenantId } from '../principal.ts';
import type { CallReader, CallSubject } from './call-reader.ts';
import { type CallableServer, callableServer } from './callable-server.ts';

/** A tool that its tenant may call now, and the server that has it. */
export interface CallableTool extends CallableServer {
  readonly tool: CatalogTool;
  /** The tenant said that calling it twice does no harm. */
  readonly safeToRepeat: boolean;
  /** Where finding it took a call from the limits: gives it back, once, when it is not made after all. Never fails. */
  readonly giveBack?: () => Promise<void>;
}

/** Finds a tool by the name under which the hub shows it, and refuses one that may not be called. One read. */
export function createFindTool({ calls }: { readonly calls: CallReader }) {
  return async (tenantId: TenantId, exposedName: string): Promise<CallableTool> => {
    const slug = slugOf(exposedName);
    if (slug === undefined) throw toolNotFound(exposedName);
    return callable(exposedName, await calls.read(tenantId, slug, exposedName));
  };
}

function callable(exposedName: string, subject: CallSubject): CallableTool {
  const callableOn = callableServer(subject, () => toolNotFound(exposedName));
  const { permissions, tool } = subject;
  if (tool === undefined || tool.state === 'absent') throw toolNotFound(exposedName);
  if (!isToolEnabled(permissions, exposedName)) {
    throw new HubError('tool_disabled', `"${exposedName}" is disabled for your tenant; enable it in the permissions`);
  }
  if (tool.state === 'quarantined') {
    throw new HubError(
      'tool_quarantined',
      `the definition of "${exposedName}" was changed by its server; review it with POST /v1/servers/${callableOn.server.slug}/approve`,
    );
  }
  const { serverId } = callableOn.server;
  return {
    ...callableOn,
    tool: withLearnedDuration(tool, serverId, subject.learned),
    safeToRepeat: isSafeToRepeat(permissions, exposedName),
    ...(subject.giveBack && { giveBack: subject.giveBack }),
  };
}

function toolNotFound(exposedName: string): HubError {
  return new HubError(
    'tool_not_found',
    `there is no tool "${exposedName.slice(0, 64)}"; list the tools to see which there are`,
  );
}
