import type { SystemState } from './system-rows.ts';
import type { SystemStore } from './system-store.ts';

/** How long a list may show what an admin has just changed as it was. Calls always read. */
const REMEMBERED_MS = 15_000;

/** The rows of system servers, read at most every so often: they are no tenant's, few, and seldom change. */
export function createRememberedStates(store: Pick<SystemStore, 'readStates'>, now: () => number) {
  let known: { readonly at: number; readonly states: readonly SystemState[] } | undefined;
  return async (): Promise<readonly SystemState[]> => {
    if (known !== undefined && now() - known.at < REMEMBERED_MS && now() >= known.at) return known.states;
    const at = now();
    const states = await store.readStates();
    known = { at, states };
    return states;
  };
}
