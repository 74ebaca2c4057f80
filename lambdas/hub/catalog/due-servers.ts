import type { TenantId } from '../principal.ts';

/** Names one server, in messages too. */
export interface ServerName {
  readonly tenantId: TenantId;
  readonly slug: string;
  readonly serverId: string;
}

export interface DueServer extends ServerName {
  /** The moment that it is found by. */
  readonly dueAt: number;
}

export interface DueServersPage {
  /** As they were a moment ago. */
  readonly servers: readonly DueServer[];
  readonly cursor: string | undefined;
}

/** The enabled servers of all tenants by the time when they are to be asked again. */
export interface DueServers {
  due(now: number, cursor: string | undefined): Promise<DueServersPage>;
  /** Looks at it again then, unless a sync decides otherwise. False when it was not due any more. */
  postpone(server: DueServer, until: number): Promise<boolean>;
}

/** Tells the refreshers. `HubError('unavailable')` when it cannot. */
export interface RefreshQueue {
  send(server: ServerName): Promise<void>;
}
