import type { Deadline } from '../deadline.ts';
import type { JsonObject } from '../json.ts';
import type { TenantId } from '../principal.ts';
import type { Secret } from '../secret.ts';

export const TRANSPORTS = ['auto', 'streamable-http', 'sse'] as const;
export type Transport = (typeof TRANSPORTS)[number];

export type Credential =
  | { readonly type: 'none' }
  | { readonly type: 'bearer'; readonly token: string }
  | { readonly type: 'header'; readonly name: string; readonly value: string };

/** What is sealed for a server. It belongs to one origin and is never sent to another. */
export interface UpstreamSecret {
  /** `URL.origin` of the server for which the secret was given. */
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly credential: Credential;
}

/** What discovery learned about how to speak to a server; stored, so that a later call needs no probe. */
export type Negotiated =
  | { readonly era: 'modern'; readonly transport: 'streamable-http'; readonly discover: JsonObject }
  | { readonly era: 'legacy'; readonly transport: 'streamable-http' | 'sse'; readonly protocolVersion: string };

/** One server of one tenant, ready to be spoken to. */
export interface UpstreamTarget {
  readonly tenantId: TenantId;
  readonly serverId: string;
  /** Changes with every change of the server's connection settings: what is remembered for it is keyed by this. */
  readonly revision: number;
  readonly url: string;
  readonly transport: Transport;
  readonly secret: Secret<UpstreamSecret> | undefined;
  readonly negotiated: Negotiated | undefined;
}

/** A tool, resource, template or prompt as its server defined it: untrusted, bounded, otherwise untouched. */
export type Definition = JsonObject & { readonly name: string };

export interface Discovery {
  readonly negotiated: Negotiated;
  /** Self-reported, for display only; bounded text. */
  readonly serverInfo: { readonly name: string; readonly version: string } | undefined;
  readonly instructions: string | undefined;
  readonly tools: readonly Definition[];
  readonly resources: readonly (JsonObject & { readonly uri: string })[];
  readonly resourceTemplates: readonly (JsonObject & { readonly uriTemplate: string })[];
  readonly prompts: readonly Definition[];
}

export interface ToolCall {
  /** The upstream's own name of the tool. */
  readonly name: string;
  readonly arguments: JsonObject;
  /** As stored in the catalog; lets a modern call mirror annotated arguments into headers without listing first. */
  readonly definition: Definition;
}

/** What accompanies every contact with an upstream. */
export interface UpstreamContext {
  readonly deadline: Deadline;
  /** Hubs that this request already came through, outermost first; sent on as `Nexus-Via`. */
  readonly via: readonly string[];
}

/**
 * The port to a server, whatever it speaks. Every failure is a `HubError` with an `upstream_*`, `address_refused` or
 * `loop_detected` code whose message contains nothing that the upstream or the network chose.
 */
export interface Upstream {
  /** Negotiates, and lists everything over all pages within the deadline. */
  discover(target: UpstreamTarget, context: UpstreamContext): Promise<Discovery>;
  /** Calls once: never repeats a call that the upstream may have seen. The result is the upstream's own, unchanged. */
  callTool(target: UpstreamTarget, call: ToolCall, context: UpstreamContext): Promise<JsonObject>;
}
