import type { Deadline } from '../deadline.ts';
import type { JsonObject } from '../json.ts';
import type { TenantId } from '../principal.ts';
import type { Secret } from '../secret.ts';
import type { Circuit } from './circuit.ts';
import type { InputRequest } from './input-request.ts';
import type { StartedTask, UpstreamTask } from './task.ts';

export const TRANSPORTS = ['auto', 'streamable-http', 'sse'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** Who speaks to a server: one implementation of {@link Upstream} each. What a tenant registers speaks MCP. */
export type Adapter = 'mcp' | 'rest' | 'github' | 'browser';

export type Credential =
  | { readonly type: 'none' }
  | { readonly type: 'bearer'; readonly token: string }
  | { readonly type: 'header'; readonly name: string; readonly value: string }
  /** The whole address of a WebSocket endpoint, which often contains a token. Only system servers have one. */
  | { readonly type: 'endpoint'; readonly url: string };

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
  readonly slug: string;
  /** Changes with every change of the server's connection settings: what is remembered for it is keyed by this. */
  readonly revision: number;
  readonly adapter: Adapter;
  readonly url: string;
  readonly transport: Transport;
  readonly secret: Secret<UpstreamSecret> | undefined;
  readonly negotiated: Negotiated | undefined;
  readonly circuit: Circuit;
}

/** A tool, resource, template or prompt as its server defined it: untrusted, bounded, otherwise untouched. */
export type Definition = JsonObject & { readonly name: string };

/** What a server can do beside offering definitions. */
export interface Features {
  readonly completions: boolean;
  readonly logging: boolean;
}

export interface Discovery {
  readonly negotiated: Negotiated;
  readonly features: Features;
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

export interface PromptRequest {
  /** The upstream's own name of the prompt. */
  readonly name: string;
  readonly arguments: Readonly<Record<string, string>>;
}

/** What an argument's completion is asked for, in the upstream's own names. */
export interface CompletionRequest {
  readonly ref:
    { readonly type: 'ref/prompt'; readonly name: string } | { readonly type: 'ref/resource'; readonly uri: string };
  readonly argument: { readonly name: string; readonly value: string };
  /** Arguments that are decided already. */
  readonly context?: { readonly arguments: Readonly<Record<string, string>> } | undefined;
}

export const LOG_LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface Progress {
  readonly progress: number;
  readonly total?: number;
  readonly message?: string;
}

export interface LogMessage {
  readonly level: LogLevel;
  readonly logger?: string;
  readonly data: unknown;
}

/**
 * What a caller gives and takes while its request runs, as far as it can. Without it an upstream is told that it is
 * alone: it can ask nothing, and is not heard before its result.
 */
export interface Interaction {
  /** Which of `elicitation`, `sampling` and `roots` the caller declared for this request, as it declared them. */
  readonly capabilities: JsonObject;
  /** Whether the caller may be given a task in the place of a tool's result. */
  readonly takesTasks: boolean;
  /** Lowest level of the log messages that it wants; undefined for none. */
  readonly logLevel: LogLevel | undefined;
  /** Its answers to what the server asked for in the round before (multi-round-trip requests). */
  readonly inputResponses: JsonObject | undefined;
  /** The server's own state of that round. */
  readonly requestState: string | undefined;
  /** Undefined when the caller does not want to be told. */
  readonly onProgress: ((progress: Progress) => void) | undefined;
  readonly onLog: (message: LogMessage) => void;
}

/** What accompanies every contact with an upstream. */
export interface UpstreamContext {
  readonly deadline: Deadline;
  /** Hubs that this request already came through, outermost first; sent on as `Nexus-Via`. */
  readonly via: readonly string[];
  /** `traceparent`, `tracestate` and `baggage` of the request, sent on in `_meta`. */
  readonly trace?: Readonly<Record<string, string>>;
  readonly interaction?: Interaction;
  /** Milliseconds after which a server that neither answers nor reports progress is given up, before the deadline. */
  readonly silenceMs?: number;
}

/** The upstream's own result, unchanged, or what it needs first. Only an {@link Interaction} is ever asked. */
export type UpstreamAnswer =
  | {
      readonly kind: 'complete';
      readonly result: JsonObject;
      /** The adapter saw by itself what is wrong with the request: the result says nothing of the server. */
      readonly nothingSent?: true;
    }
  | {
      readonly kind: 'input_required';
      readonly inputRequests: Readonly<Record<string, InputRequest>>;
      /** To be handed back with the answers; untouched and opaque. */
      readonly requestState: string | undefined;
    };

/** Instead, a tool may go on on its own. Only an {@link Interaction} that takes tasks is ever given one. */
export type CallAnswer = UpstreamAnswer | { readonly kind: 'task'; readonly task: StartedTask };

/**
 * The port to a server, whatever it speaks. Every failure is a `HubError` with an `upstream_*`, `address_refused`,
 * `capability_required`, `definition_changed` or `loop_detected` code whose message contains nothing that the upstream
 * or the network chose. A JSON-RPC error of the upstream is an `upstream_error` with `jsonRpcCode` and a bounded
 * `jsonRpcMessage` in its details.
 */
export interface Upstream {
  /** Calls once: never repeats a call that the upstream may have seen. */
  callTool(target: UpstreamTarget, call: ToolCall, context: UpstreamContext): Promise<CallAnswer>;
  readResource(target: UpstreamTarget, uri: string, context: UpstreamContext): Promise<UpstreamAnswer>;
  getPrompt(target: UpstreamTarget, prompt: PromptRequest, context: UpstreamContext): Promise<UpstreamAnswer>;
  /** How a task is that the server started; by the server's own id of it, as everything about a task. */
  getTask(target: UpstreamTarget, taskId: string, context: UpstreamContext): Promise<UpstreamTask>;
  /** Hands on the answers in the context's interaction. */
  updateTask(target: UpstreamTarget, taskId: string, context: UpstreamContext): Promise<void>;
  /** Asks for its end, which may come or not. */
  cancelTask(target: UpstreamTarget, taskId: string, context: UpstreamContext): Promise<void>;
  /** The `completion` of the upstream's result; undefined, without being asked, of a server that never completes. */
  complete(
    target: UpstreamTarget,
    request: CompletionRequest,
    context: UpstreamContext,
  ): Promise<JsonObject | undefined>;
}

/** Finds out what a server offers, where the code does not know it already. It fails as {@link Upstream} does. */
export interface Discoverer {
  /** Negotiates, and lists everything over all pages within the deadline. */
  discover(target: UpstreamTarget, context: UpstreamContext): Promise<Discovery>;
}
