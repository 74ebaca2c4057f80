import type { Discoverer, Discovery } from '../../../hub/upstreams/upstream.ts';
import type { Connection } from './connect.ts';
import { listDefinitions, MAX_DISCOVERY_BYTES } from './list-definitions.ts';
import { type UpstreamUseDeps, useUpstream } from './upstream-use.ts';

/** Finds out what a server has, for functions that never ask it for anything else. */
export function createMcpDiscovery(deps: UpstreamUseDeps): Discoverer {
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
