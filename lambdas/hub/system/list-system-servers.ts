import { initialState, type SystemState } from './system-rows.ts';
import type { SystemServer } from './system-server.ts';
import { loadSystemServers } from './system-servers.ts';
import type { SystemStore } from './system-store.ts';

/** All system servers with what an admin decided about them. One read. */
export function createListSystemServers(system: Pick<SystemStore, 'readStates'>) {
  return async (): Promise<readonly { readonly server: SystemServer; readonly state: SystemState }[]> => {
    const [states, servers] = await Promise.all([system.readStates(), loadSystemServers()]);
    return servers.map((server) => {
      const state = states.find(({ slug }) => slug === server.slug);
      return { server, state: state ?? initialState(server.slug) };
    });
  };
}
