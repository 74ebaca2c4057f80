import type { ServerContext } from '@modelcontextprotocol/server';
import type { CallableTool } from '../hub/calls/find-tool.ts';
import type { Deadline } from '../hub/deadline.ts';
import type { Principal } from '../hub/principal.ts';
import type { UpstreamContext } from '../hub/upstreams/upstream.ts';
import { type Era, interactionOf, traceOf } from './interaction.ts';
import type { Names } from './names.ts';

/** A request to an MCP endpoint, before its JSON-RPC is looked at. */
export interface McpCall {
  readonly principal: Principal;
  /** The server of `/servers/{slug}/mcp`; undefined at `/mcp`. */
  readonly slug: string | undefined;
  readonly query: URLSearchParams;
  /** Its signal also aborts when the client goes away. */
  readonly deadline: Deadline;
  readonly via: readonly string[];
}

/** One JSON-RPC request on its way through a method. */
export interface Exchange {
  readonly principal: Principal;
  readonly era: Era;
  readonly names: Names;
  /** What accompanies the contact with a server, always with an interaction. */
  readonly context: UpstreamContext & Required<Pick<UpstreamContext, 'interaction'>>;
  /** By the hub's name; reads once for one request, however often it is asked. */
  readonly findTool: (exposedName: string) => Promise<CallableTool>;
}

/**
 * API Gateway cuts a response that says nothing for 5 minutes, and a server whose progress nobody sees could run until
 * the function ends.
 */
const SILENCE_MS = 4 * 60_000;

export interface ExchangeBasis extends Pick<Exchange, 'era' | 'names' | 'findTool'> {
  readonly call: McpCall;
  /** Whether this client can be told something before the result. */
  readonly listens: boolean;
}

export function exchangeOf({ call, era, names, findTool, listens }: ExchangeBasis, ctx: ServerContext): Exchange {
  const { principal, via, deadline } = call;
  const signal = AbortSignal.any([deadline.signal, ctx.mcpReq.signal]);
  return {
    principal,
    era,
    names,
    findTool,
    context: {
      deadline: { at: deadline.at, signal },
      via,
      trace: traceOf(ctx.mcpReq._meta),
      interaction: interactionOf(ctx, { era, listens }),
      silenceMs: SILENCE_MS,
    },
  };
}
