import type { JsonObject } from '../json.ts';
import type { CatalogTool } from './catalog.ts';
import { type DefinitionChange, definitionDiff } from './definition-diff.ts';

/** A tool whose definition waits for approval, as an answer about its server names it. */
export interface QuarantinedTool {
  readonly tool: string;
  /** Names exactly one definition; an approval must repeat it. */
  readonly hash: string;
}

/** All that an approver must have seen. */
export interface ReviewedTool extends QuarantinedTool {
  /** The definition that an approval accepts, whole. */
  readonly definition: JsonObject;
  /** Absent when the accepted definition is no longer known (its catalog had expired). */
  readonly changes?: readonly DefinitionChange[];
}

export interface Review {
  readonly quarantined: readonly ReviewedTool[];
  /** How many more wait than are shown. */
  readonly more: number;
}

/** An answer of Lambda may have 6 MB, and its JSON is escaped once more on the way. */
const MAX_REVIEW_BYTES = 2.5 * 1024 * 1024;

export function quarantined(tools: readonly CatalogTool[]): QuarantinedTool[] {
  return waiting(tools).map(({ exposedName, hash }) => ({ tool: exposedName, hash }));
}

/** As many of the waiting tools as an answer holds, each whole; approving or ignoring them brings the rest. */
export function review(tools: readonly CatalogTool[]): Review {
  const all = waiting(tools);
  const shown: ReviewedTool[] = [];
  let bytes = 0;
  for (const tool of all) {
    const reviewed = reviewTool(tool);
    bytes += Buffer.byteLength(JSON.stringify(reviewed));
    if (bytes > MAX_REVIEW_BYTES) break;
    shown.push(reviewed);
  }
  return { quarantined: shown, more: all.length - shown.length };
}

function waiting(tools: readonly CatalogTool[]): CatalogTool[] {
  return tools.filter(({ state }) => state === 'quarantined').sort((a, b) => (a.exposedName < b.exposedName ? -1 : 1));
}

function reviewTool({ exposedName, hash, definition, approved }: CatalogTool): ReviewedTool {
  const reviewed = { tool: exposedName, hash, definition };
  return approved === undefined ? reviewed : { ...reviewed, changes: definitionDiff(approved.definition, definition) };
}
