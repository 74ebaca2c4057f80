import type { ToolMetadata } from '../catalog/tool-metadata.ts';
import type { Adapter, Definition } from '../upstreams/upstream.ts';

/** A tool that the code knows, with what is set by hand where tools of others are guessed at. */
export interface SystemTool {
  readonly definition: Definition;
  readonly metadata: ToolMetadata;
}

/** How a system server is given its credential: what an admin or a tenant sends is one string. */
export type CredentialForm =
  | { readonly type: 'bearer' }
  | { readonly type: 'header'; readonly name: string }
  /** The credential is the WebSocket endpoint itself. */
  | { readonly type: 'endpoint' };

/**
 * A server that every tenant finds without registering it. What it is ships with the code; what an admin decided about
 * it, and whose credential it uses, are rows.
 */
export interface SystemServer {
  /** Reserved: no tenant can register it. */
  readonly slug: string;
  readonly name: string;
  /** For models, as a server's own `instructions` are. */
  readonly instructions: string;
  readonly adapter: Adapter;
  /** Where it is; undefined where the credential says so. */
  readonly url: string | undefined;
  /** Whether an admin may set another address: for an API that people also run themselves. */
  readonly movable: boolean;
  readonly credential: CredentialForm;
  /** Where people get one, in words. */
  readonly credentialHelp: string;
  /** Whether a tenant may bring a credential of its own, which is then used before the deployment's. */
  readonly tenantCredential: boolean;
  /** Calls per minute of each tenant, unless an admin says otherwise. */
  readonly rateLimitPerMinute: number;
  readonly tools: readonly SystemTool[];
}
