import { CLIENT_CAPABILITIES_META_KEY, LOG_LEVEL_META_KEY, type ServerContext } from '@modelcontextprotocol/server';
import * as z from 'zod/mini';
import { isJsonObject, type JsonObject } from '../hub/json.ts';
import { TASKS_EXTENSION } from '../hub/upstreams/task.ts';
import { type Interaction, LOG_LEVELS, type LogMessage } from '../hub/upstreams/upstream.ts';

export type Era = 'modern' | 'legacy';

/** What the hub can pass on to a server and back, beside tasks. Other extensions are between a client and the hub. */
const BRIDGED_CAPABILITIES = ['elicitation', 'sampling', 'roots'] as const;

/** A legacy client cannot say per request what it wants to hear; servers may then choose. */
const LEGACY_LOG_LEVEL = 'info';

/** What this client gives and takes while its request runs. Notifications go into the response to that very request. */
export function interactionOf(
  ctx: ServerContext,
  { era, listens }: { readonly era: Era; readonly listens: boolean },
): Interaction {
  const { mcpReq } = ctx;
  const envelope: Readonly<Record<string, unknown>> = { ...mcpReq.envelope };
  const wantedLevel = era === 'legacy' ? LEGACY_LOG_LEVEL : logLevelOf(envelope[LOG_LEVEL_META_KEY]);
  const logLevel = listens ? wantedLevel : undefined;
  const progressToken = listens ? mcpReq._meta?.progressToken : undefined;
  const declared: unknown = era === 'legacy' ? undefined : envelope[CLIENT_CAPABILITIES_META_KEY];
  const requestState: unknown = mcpReq.requestState();
  // A client that has gone hears nothing more; its request is aborted on another way.
  const notify = (method: 'notifications/progress' | 'notifications/message', params: Record<string, unknown>) =>
    void mcpReq.notify({ method, params }).catch(() => undefined);
  return {
    capabilities: bridged(declared),
    takesTasks: declaresTasks(declared),
    logLevel,
    inputResponses: isJsonObject(mcpReq.inputResponses) ? mcpReq.inputResponses : undefined,
    requestState: typeof requestState === 'string' ? requestState : undefined,
    onProgress:
      progressToken === undefined
        ? undefined
        : (progress) => notify('notifications/progress', { ...progress, progressToken }),
    onLog: (message) => {
      if (isWanted(message, logLevel)) notify('notifications/message', { ...message });
    },
  };
}

function bridged(declared: unknown): JsonObject {
  return Object.fromEntries(
    Object.entries(isJsonObject(declared) ? declared : {}).filter(([name]) =>
      BRIDGED_CAPABILITIES.some((known) => known === name),
    ),
  );
}

function declaresTasks(declared: unknown): boolean {
  const extensions = isJsonObject(declared) ? declared['extensions'] : undefined;
  return isJsonObject(extensions) && isJsonObject(extensions[TASKS_EXTENSION]);
}

function logLevelOf(value: unknown): Interaction['logLevel'] {
  return LOG_LEVELS.find((level) => level === value);
}

function isWanted({ level }: LogMessage, lowest: Interaction['logLevel']): boolean {
  return lowest !== undefined && LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(lowest);
}

const traceSchemas = {
  /** https://www.w3.org/TR/trace-context/#traceparent-header */
  traceparent: z.string().check(z.regex(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)),
  tracestate: z.string().check(z.regex(/^[\x20-\x7e]{1,512}$/)),
  baggage: z.string().check(z.regex(/^[\x20-\x7e]{1,8192}$/)),
};

/** The trace context of a request; what is malformed is left out, for a trace is no reason to refuse. */
export function traceOf(meta: Readonly<Record<string, unknown>> | undefined): Readonly<Record<string, string>> {
  const parts = Object.entries(traceSchemas).flatMap(([name, schema]) => {
    const { data } = schema.safeParse(meta?.[name]);
    return data === undefined ? [] : [[name, data] as const];
  });
  return Object.fromEntries(parts);
}
