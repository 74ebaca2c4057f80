import type { Discovery, Upstream } from '../../../hub/upstreams/upstream.ts';
import { askUpstream } from './ask-upstream.ts';
import { completionIn } from './complete-argument.ts';
import type { Connection } from './connect.ts';
import { listDefinitions, MAX_DISCOVERY_BYTES } from './list-definitions.ts';
import { type UpstreamUseDeps, useUpstream } from './upstream-use.ts';

/** Speaks MCP to a server, whichever revision and transport it knows, and never outside of the guarded fetch. */
export function createMcpUpstream(deps: UpstreamUseDeps): Upstream {
  return {
    discover: (target, context) =>
      useUpstream(deps, { target, context, maxResponseBytes: MAX_DISCOVERY_BYTES }, async (use) => {
        // What is stored about the server may be what makes it look wrong.
        const connection = await use.open(undefined);
        return use.during(connection, async () => ({
          ...selfDescription(connection),
          ...(await listDefinitions(connection, use.requestOptions())),
        }));
      }),

    callTool: (target, { name, arguments: args, definition }, context) =>
      askUpstream(deps, { target, context }, { method: 'tools/call', params: { name, arguments: args }, definition }),

    readResource: (target, uri, context) =>
      askUpstream(deps, { target, context }, { method: 'resources/read', params: { uri } }),

    getPrompt: (target, { name, arguments: args }, context) =>
      askUpstream(deps, { target, context }, { method: 'prompts/get', params: { name, arguments: args } }),

    complete: (target, { ref, argument, context: decided }, context) => {
      const params = { ref, argument, ...(decided && { context: decided }) };
      return completionIn(askUpstream(deps, { target, context }, { method: 'completion/complete', params }));
    },
  };
}

const MAX_NAME_LENGTH = 200;
const MAX_INSTRUCTIONS_LENGTH = 8192;

type SelfDescription = Pick<Discovery, 'negotiated' | 'features' | 'serverInfo' | 'instructions'>;

function selfDescription({ client, negotiated }: Connection): SelfDescription {
  const { completions, logging } = client.getServerCapabilities() ?? {};
  const info = client.getServerVersion();
  return {
    negotiated,
    features: { completions: completions !== undefined, logging: logging !== undefined },
    serverInfo: info && { name: info.name.slice(0, MAX_NAME_LENGTH), version: info.version.slice(0, MAX_NAME_LENGTH) },
    instructions: client.getInstructions()?.slice(0, MAX_INSTRUCTIONS_LENGTH),
  };
}
