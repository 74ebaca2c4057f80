import { presentSystemState } from './present-system-state.ts';
import { SYSTEM_SERVERS } from './system-servers.ts';
import type { SystemStore } from './system-store.ts';
import { initialState } from './system-rows.ts';

/** All system servers as their admin sees them. One read. */
export function createListSystemServers(system: Pick<SystemStore, 'readStates'>) {
  return async (): Promise<readonly Record<string, unknown>[]> => {
    const states = await system.readStates();
    return SYSTEM_SERVERS.map((server) => {
      const state = states.find(({ slug }) => slug === server.slug);
      return presentSystemState(server, state ?? initialState(server.slug));
    });
  };
}
