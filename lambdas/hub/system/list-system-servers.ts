import { presentSystemState } from './present-system-state.ts';
import { loadSystemServers } from './system-servers.ts';
import type { SystemStore } from './system-store.ts';
import { initialState } from './system-rows.ts';

/** All system servers as their admin sees them. One read. */
export function createListSystemServers(system: Pick<SystemStore, 'readStates'>) {
  return async (): Promise<readonly Record<string, unknown>[]> => {
    const [states, servers] = await Promise.all([system.readStates(), loadSystemServers()]);
    return servers.map((server) => {
      const state = states.find(({ slug }) => slug === server.slug);
      return presentSystemState(server, state ?? initialState(server.slug));
    });
  };
}
