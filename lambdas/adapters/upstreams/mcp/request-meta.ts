import { CLIENT_CAPABILITIES_META_KEY, LOG_LEVEL_META_KEY } from '@modelcontextprotocol/client';
import type { JsonObject } from '../../../hub/json.ts';
import { TASKS_EXTENSION } from '../../../hub/upstreams/task.ts';
import type { Interaction, UpstreamContext } from '../../../hub/upstreams/upstream.ts';
import type { Connection } from './connect.ts';

/** https://modelcontextprotocol.io/specification/2026-07-28/basic#meta */
const TRACE_KEYS = ['traceparent', 'tracestate', 'baggage'] as const;

/** What the hub can pass on and back. Toward a legacy server there is no way back, so it is told of none. */
const BRIDGED = ['elicitation', 'sampling', 'roots'] as const;

/** What a request says about whom it is for, beside what the SDK always says. */
export function requestMeta({ negotiated }: Connection, { trace = {}, interaction }: UpstreamContext): JsonObject {
  return {
    ...only(TRACE_KEYS, trace),
    ...(interaction && negotiated.era === 'modern' && callerMeta(interaction)),
  };
}

function callerMeta({ capabilities, takesTasks, logLevel }: Interaction): JsonObject {
  const extensions = takesTasks ? { extensions: { [TASKS_EXTENSION]: {} } } : {};
  return {
    [CLIENT_CAPABILITIES_META_KEY]: { ...only(BRIDGED, capabilities), ...extensions },
    ...(logLevel !== undefined && { [LOG_LEVEL_META_KEY]: logLevel }),
  };
}

function only(keys: readonly string[], from: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(from).filter(([key]) => keys.includes(key)));
}
