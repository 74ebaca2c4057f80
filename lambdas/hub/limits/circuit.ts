import type { HubError, HubErrorCode } from '../hub-error.ts';
import type { TenantId } from '../principal.ts';
import type { Circuit } from '../upstreams/circuit.ts';

/** One server of a tenant, over one connection: what another connection did says nothing. */
export interface CircuitKey {
  readonly tenantId: TenantId;
  readonly slug: string;
  readonly serverId: string;
  readonly revision: number;
}

export interface CircuitStore {
  /** Counts one more failure in a row, and answers how many there are now. */
  countFailure(key: CircuitKey): Promise<number>;
  /** From now on the server is called again at that time. */
  open(key: CircuitKey, until: number): Promise<void>;
  /** Forgets the failures. */
  close(key: CircuitKey): Promise<void>;
  /** Moves the end of the pause, if it still is the one that was seen: of several callers one succeeds. */
  movePause(key: CircuitKey, seen: Circuit, until: number): Promise<boolean>;
}

/** Changes whenever the server or how it is reached does. */
export function connectionOf({ serverId, revision }: Pick<CircuitKey, 'serverId' | 'revision'>): string {
  return `${serverId}.${revision}`;
}

/** So many failures in a row open the circuit. */
export const FAILURES_TO_OPEN = 5;
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 5 * 60_000;

/** How long a server is left alone after so many failures: twice as long each time, within bounds. */
export function pauseAfter(failures: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** Math.max(0, failures - FAILURES_TO_OPEN), LONGEST_PAUSE_MS);
}

/** What an error says of the server: that it was there and answered, that nobody was, or nothing. */
export type Sign = 'answer' | 'outage' | 'none';

/** With these the hub refuses by itself: a server that says the like says it as an `upstream_*` code. */
const OWN_REFUSALS: ReadonlySet<HubErrorCode> = new Set([
  'address_refused',
  'credential_required',
  'tool_not_found',
  'resource_not_found',
  'prompt_not_found',
  'task_not_found',
]);
const OUTAGES: ReadonlySet<HubErrorCode> = new Set(['upstream_unreachable', 'upstream_timeout', 'upstream_not_mcp']);

export function signIn({ code, details, nothingSent }: HubError): Sign {
  if (nothingSent || OWN_REFUSALS.has(code)) return 'none';
  if (OUTAGES.has(code)) return 'outage';
  return code === 'upstream_error' && !isAnswered(details) ? 'outage' : 'answer';
}

/** By an error of its protocol, or by a status that blames the request. */
function isAnswered({ jsonRpcCode, httpStatus }: HubError['details']): boolean {
  return jsonRpcCode !== undefined || (typeof httpStatus === 'number' && httpStatus < 500);
}
