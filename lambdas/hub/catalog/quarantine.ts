import diff from 'microdiff';
import type { CatalogTool } from './catalog.ts';

export interface DefinitionChange {
  /** JSON Pointer (RFC 6901) into the definition. */
  readonly path: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly before?: unknown;
  readonly after?: unknown;
}

/** A tool whose definition waits for approval. */
export interface QuarantinedTool {
  readonly tool: string;
  /** Names exactly the definition shown here; an approval must repeat it. */
  readonly hash: string;
  /** Absent when the accepted definition is no longer known (its catalog had expired). */
  readonly changes?: readonly DefinitionChange[];
}

const MAX_CHANGES = 100;
const CHANGE = { CREATE: 'added', REMOVE: 'removed', CHANGE: 'changed' } as const;

export function quarantined(tools: readonly CatalogTool[]): QuarantinedTool[] {
  return tools.filter((tool) => tool.state === 'quarantined').map(presentQuarantined);
}

function presentQuarantined(tool: CatalogTool): QuarantinedTool {
  const shown = { tool: tool.exposedName, hash: tool.hash };
  if (tool.approved === undefined) return shown;
  const changes = diff({ ...tool.approved.definition }, { ...tool.definition }, { cyclesFix: false });
  return {
    ...shown,
    changes: changes.slice(0, MAX_CHANGES).map((difference) => ({
      path: difference.path.map((segment) => `/${pointerSegment(segment)}`).join(''),
      change: CHANGE[difference.type],
      ...(difference.type === 'CREATE' ? {} : { before: difference.oldValue }),
      ...(difference.type === 'REMOVE' ? {} : { after: difference.value }),
    })),
  };
}

/** RFC 6901 section 3. */
function pointerSegment(segment: string | number): string {
  return String(segment).replaceAll('~', '~0').replaceAll('/', '~1');
}
