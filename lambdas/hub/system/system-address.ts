import type { SystemState } from './system-rows.ts';
import type { SystemServer } from './system-server.ts';

/** Where a system server is; undefined where its credential says so. */
export function addressOf(
  { url }: Pick<SystemServer, 'url'>,
  state: Pick<SystemState, 'url'> | undefined,
): string | undefined {
  return state?.url ?? url;
}

/** What a credential is given for, and sent to. */
export function originOf(address: string | undefined): string | undefined {
  return address === undefined ? undefined : new URL(address).origin;
}
