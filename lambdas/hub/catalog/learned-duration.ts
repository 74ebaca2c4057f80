import type { CatalogTool } from './catalog.ts';

/** How long a tool was seen to take, on that very server. */
export interface LearnedDuration {
  readonly serverId: string;
  readonly milliseconds: number;
}

/** A tool with what was learned of it in the place of what was guessed. */
export function withLearnedDuration<T extends Pick<CatalogTool, 'metadata'>>(
  tool: T,
  serverId: string,
  learned: LearnedDuration | undefined,
): T {
  if (learned?.serverId !== serverId) return tool;
  return { ...tool, metadata: { ...tool.metadata, estimatedDurationMs: learned.milliseconds } };
}
