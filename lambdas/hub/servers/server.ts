import type { HubErrorCode } from '../hub-error.ts';
import type { TenantId } from '../principal.ts';
import type { Adapter, Credential, Transport } from '../upstreams/upstream.ts';

/** Servers that one tenant may register. */
export const MAX_SERVERS_PER_TENANT = 50;

export type LastSync =
  | { readonly state: 'never' }
  | { readonly state: 'ok'; readonly at: number }
  /** `failures` counts those in a row. */
  | { readonly state: 'failed'; readonly at: number; readonly code: HubErrorCode; readonly failures: number };

/** What only servers of the deployment have. */
export interface SystemStanding {
  /** Whose credential it is called with; `nobody` means that it cannot be called yet. */
  readonly credentialOf: 'tenant' | 'deployment' | 'nobody';
  /** Whether tenants may bring one; admins always may. */
  readonly tenantCredential: boolean;
  /** Where people get one, in words. */
  readonly credentialHelp: string;
}

/** A server as one tenant has it: one that it registered, or one that the deployment offers to all. */
export interface Server {
  readonly tenantId: TenantId;
  /** Random and never reused: a server that is deleted and added again under its slug is another server. */
  readonly serverId: string;
  readonly slug: string;
  readonly name: string;
  readonly adapter: Adapter;
  readonly url: string;
  readonly transport: Transport;
  /** Names only; the values are sealed. */
  readonly headerNames: readonly string[];
  readonly credentialType: Credential['type'];
  /** Header that carries a credential of type `header`. */
  readonly credentialHeader: string | undefined;
  readonly sealedSecret: Uint8Array | undefined;
  readonly rateLimitPerMinute: number;
  readonly enabled: boolean;
  /** Changed tool definitions are accepted without approval. */
  readonly trustDefinitions: boolean;
  /** Undefined for a server that the tenant registered. */
  readonly system: SystemStanding | undefined;
  /** Grows with every change of the connection settings. */
  readonly revision: number;
  /** Grows with every write of the row; guards against lost updates. */
  readonly version: number;
  readonly lastSync: LastSync;
  readonly createdAt: number;
  readonly updatedAt: number;
}
