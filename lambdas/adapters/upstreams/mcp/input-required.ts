import * as z from 'zod/mini';
import { HubError } from '../../../hub/hub-error.ts';
import { isJsonObject, type JsonObject } from '../../../hub/json.ts';
import type { InputRequest } from '../../../hub/upstreams/input-request.ts';
import type { Interaction, UpstreamAnswer } from '../../../hub/upstreams/upstream.ts';

const MAX_REQUESTS = 32;
/** As JSON, for so it is sealed: what were longer then the hub could not open again. */
const MAX_STATE_BYTES = 64 * 1024;

const METHODS = ['elicitation/create', 'sampling/createMessage', 'roots/list'] as const;

const inputRequestSchema = z.object({
  method: z.enum(METHODS),
  params: z._default(z.custom<JsonObject>(isJsonObject), {}),
});
const inputRequiredSchema = z.object({
  inputRequests: z._default(z.record(z.string(), inputRequestSchema), {}),
  requestState: z.optional(
    z.string().check(z.refine((state) => Buffer.byteLength(JSON.stringify(state)) <= MAX_STATE_BYTES)),
  ),
});

export interface Asked {
  /** Undefined where there is nobody to ask. */
  readonly interaction: Interaction | undefined;
  /** Whether a person may be sent to this address. */
  readonly isOpenable: (url: string) => boolean;
  /** Never repeated, even when the upstream does. */
  readonly secrets: readonly string[];
}

/**
 * What a server needs before it goes on, checked against what the caller declared that it can be asked, and otherwise
 * untouched. https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/mrtr
 */
export function readInputRequired(result: JsonObject, asked: Asked): UpstreamAnswer {
  const { inputRequests, requestState } = parsed(result);
  requireAskable(inputRequests, asked);
  return { kind: 'input_required', inputRequests, requestState };
}

/** What a task waits for, checked likewise. */
export function readInputRequests(result: JsonObject, asked: Asked): Readonly<Record<string, InputRequest>> {
  const { inputRequests } = parsed(result);
  requireAskable(inputRequests, asked);
  return inputRequests;
}

function requireAskable(inputRequests: Readonly<Record<string, InputRequest>>, { interaction, isOpenable }: Asked) {
  const requests = Object.values(inputRequests);
  if (!requests.every((request) => isAskable(request, isOpenable))) throw notMcp();
  const required = requiredCapabilities(requests, interaction?.capabilities ?? {});
  if (interaction === undefined) {
    throw undeclared('the server asks for an interaction that this route cannot offer', required);
  }
  if (Object.keys(required).length > 0) {
    throw undeclared('the server asks for what the caller did not declare; see requiredCapabilities', required);
  }
}

function parsed(result: JsonObject): z.infer<typeof inputRequiredSchema> {
  const { success, data } = z.safeParse(inputRequiredSchema, result);
  if (!success) throw notMcp();
  const count = Object.keys(data.inputRequests).length;
  if (count > MAX_REQUESTS || (count === 0 && data.requestState === undefined)) throw notMcp();
  return data;
}

/** A form shows its message. Where a person is sent is shown too, but seldom read. */
function isAskable({ method, params }: InputRequest, isOpenable: Asked['isOpenable']): boolean {
  if (method !== 'elicitation/create') return true;
  if (typeof params['message'] !== 'string') return false;
  return params['mode'] === 'url'
    ? typeof params['url'] === 'string' && isOpenable(params['url'])
    : params['mode'] === undefined || params['mode'] === 'form';
}

/** What these requests presume and the caller did not declare. A server MUST NOT ask for that. */
function requiredCapabilities(requests: readonly InputRequest[], declared: JsonObject): JsonObject {
  const missing: Record<string, JsonObject> = {};
  for (const request of requests) {
    const { capability, mode } = presumed(request);
    if (!isDeclared(declared[capability], mode)) {
      missing[capability] = { ...missing[capability], ...(mode !== undefined && { [mode]: {} }) };
    }
  }
  return missing;
}

interface Presumed {
  readonly capability: string;
  readonly mode: string | undefined;
}

function presumed({ method, params }: InputRequest): Presumed {
  switch (method) {
    case 'elicitation/create':
      return { capability: 'elicitation', mode: params['mode'] === 'url' ? 'url' : 'form' };
    case 'sampling/createMessage':
      return { capability: 'sampling', mode: 'tools' in params || 'toolChoice' in params ? 'tools' : undefined };
    case 'roots/list':
      return { capability: 'roots', mode: undefined };
  }
}

/** An elicitation without modes means forms. */
function isDeclared(capability: unknown, mode: string | undefined): boolean {
  if (!isJsonObject(capability)) return false;
  return mode === undefined || isJsonObject(capability[mode]) || (mode === 'form' && !('url' in capability));
}

function undeclared(message: string, requiredCapabilities: JsonObject): HubError {
  return new HubError('capability_required', message, { details: { requiredCapabilities } });
}

function notMcp(): HubError {
  return new HubError('upstream_not_mcp', 'the server asks for input in a way that the hub does not pass on', {
    details: { outcome: 'unknown' },
  });
}
