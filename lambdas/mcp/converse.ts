import type { RequestStates } from '../hub/calls/request-state.ts';
import type { JsonObject } from '../hub/json.ts';
import type { Server } from '../hub/servers/server.ts';
import type { StartedTask } from '../hub/upstreams/task.ts';
import type { InputRequest } from '../hub/upstreams/input-request.ts';
import type { CallAnswer, UpstreamContext } from '../hub/upstreams/upstream.ts';
import type { Exchange } from './exchange.ts';
import { presentResult } from './present-result.ts';

/** A request of a caller to a server, in which the server may ask back. */
export interface Conversation {
  readonly server: Server;
  readonly method: string;
  /** What it is about: the name or URI that the hub calls it by. */
  readonly name: string;
  readonly arguments: JsonObject;
  /** Takes over a task that the server made of the request; only of a call it makes one. */
  readonly bridge?: (task: StartedTask) => Promise<JsonObject>;
}

/**
 * One round of a multi-round-trip request: opens the state of the round before, asks the server, and answers its result
 * or what it needs, with its state sealed for this caller and this very request.
 */
export async function converse(
  states: RequestStates,
  exchange: Exchange,
  about: Conversation,
  ask: (context: UpstreamContext) => Promise<CallAnswer>,
): Promise<JsonObject> {
  const { principal, names, context } = exchange;
  const { interaction } = context;
  const { server, bridge, ...request } = about;
  const binding = { principal, serverId: server.serverId, ...request };
  const sealed = interaction.requestState;
  const requestState = sealed === undefined ? undefined : await states.open(binding, sealed);
  const answer = await ask({
    ...context,
    interaction: {
      ...interaction,
      requestState,
      onLog: (message) => {
        const logger = names.logger(server.slug, message.logger);
        interaction.onLog({ ...message, ...(logger !== undefined && { logger }) });
      },
    },
  });
  if (answer.kind === 'complete') return presentResult(names.result(server.slug, answer.result), exchange.era);
  if (answer.kind === 'task') {
    if (bridge === undefined) throw new Error('only a call becomes a task');
    return bridge(answer.task);
  }
  return {
    resultType: 'input_required',
    ...(Object.keys(answer.inputRequests).length > 0 && { inputRequests: labelled(server.name, answer.inputRequests) }),
    ...(answer.requestState !== undefined && { requestState: await states.seal(binding, answer.requestState) }),
  };
}

/** A person who is asked must see by whom: to the client it is the hub that asks. */
export function labelled(serverName: string, requests: Readonly<Record<string, InputRequest>>): JsonObject {
  const label = ({ method, params }: InputRequest): JsonObject => {
    const { message } = params;
    const asks = method === 'elicitation/create' && typeof message === 'string';
    return { method, params: asks ? { ...params, message: `${serverName}: ${message}` } : params };
  };
  return Object.fromEntries(Object.entries(requests).map(([key, request]) => [key, label(request)]));
}
