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
  /** Absent when the accepted definition is no longer known, or when there is more than an answer can carry. */
  readonly changes?: readonly DefinitionChange[];
}

export interface Review {
  readonly quarantined: readonly ReviewedTool[];
  /** Name after which the next part of the review starts; absent on the last. */
  readonly next?: string;
}

/** An answer of Lambda may have 6 MB, and its JSON is escaped once more on the way. */
const MAX_REVIEW_BYTES = 2.5 * 1024 * 1024;
/** Characters of paths beyond which a review shows the definition alone: it says what they would. */
const MAX_PATH_LENGTH = 256 * 1024;

export function quarantined(tools: readonly CatalogTool[]): QuarantinedTool[] {
  return waiting(tools).map(({ exposedName, hash }) => ({ tool: exposedName, hash }));
}

/** The waiting tools by name, as many as an answer holds, each with its whole definition. */
export function review(tools: readonly CatalogTool[], after = ''): Review {
  const rest = waiting(tools).filter(({ exposedName }) => exposedName > after);
  const shown: ReviewedTool[] = [];
  let bytes = 0;
  for (const tool of rest) {
    const reviewed = reviewTool(tool);
    bytes += jsonBytes(reviewed);
    if (bytes > MAX_REVIEW_BYTES) break;
    shown.push(reviewed);
  }
  const last = shown.length < rest.length ? shown.at(-1) : undefined;
  return { quarantined: shown, ...(last === undefined ? {} : { next: last.tool }) };
}

function waiting(tools: readonly CatalogTool[]): CatalogTool[] {
  return tools.filter(({ state }) => state === 'quarantined').sort((a, b) => (a.exposedName < b.exposedName ? -1 : 1));
}

function reviewTool({ exposedName, hash, definition, approved }: CatalogTool): ReviewedTool {
  const reviewed = { tool: exposedName, hash, definition };
  if (approved === undefined) return reviewed;
  const changes = definitionDiff(approved.definition, definition, MAX_PATH_LENGTH);
  return changes === undefined ? reviewed : { ...reviewed, changes };
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
