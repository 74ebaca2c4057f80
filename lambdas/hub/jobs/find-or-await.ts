import type { CallableTool } from '../calls/find-tool.ts';
import { HubError } from '../hub-error.ts';
import { isLong } from './is-long.ts';

export interface ToolFinders {
  /** Takes the call from its limits. */
  readonly find: () => Promise<CallableTool>;
  /** Takes nothing from a limit. */
  readonly describe: () => Promise<CallableTool>;
}

/**
 * Finds a tool for a caller who lets the hub decide whether it becomes a job. What the limits refuse is found all the same if
 * it is long, for a job waits for them.
 */
export async function findOrAwait({ find, describe }: ToolFinders): Promise<CallableTool> {
  try {
    return await find();
  } catch (error) {
    if (!(error instanceof HubError) || error.code !== 'rate_limited') throw error;
    const described = await describe();
    if (!isLong(described.tool)) throw error;
    return described;
  }
}
