import type { Client } from '@modelcontextprotocol/client';
import type { Discovery, Upstream } from '../../../hub/upstreams/upstream.ts';
import { callTool } from './call-tool.ts';
import type { Connection } from './connect.ts';
import { isSessionExpired } from './legacy-sessions.ts';
import { listDefinitions, MAX_DISCOVERY_BYTES } from './list-definitions.ts';
import { type UpstreamUseDeps, useUpstream } from './upstream-use.ts';

const MAX_RESULT_BYTES = 5 * 1024 * 1024;

/** Speaks MCP to a server, whichever revision and transport it knows, and never outside of the guarded fetch. */
export function createMcpUpstream(deps: UpstreamUseDeps): Upstream {
  return {
    discover: (target, context) =>
      useUpstream(deps, { target, context, maxResponseBytes: MAX_DISCOVERY_BYTES }, async (use) => {
        // What is stored about the server may be what makes it look wrong.
        const connection = await use.open(undefined);
        return use.during(connection, async () => ({
          negotiated: connection.negotiated,
          ...selfDescription(connection.client),
          ...(await listDefinitions(connection, use.requestOptions())),
        }));
      }),

    callTool: (target, call, context) =>
      useUpstream(deps, { target, context, maxResponseBytes: MAX_RESULT_BYTES }, async (use) => {
        const callOn = (connection: Connection) => {
          use.mayTakeEffect();
          return use.during(connection, () => callTool(connection, call, use.requestOptions()));
        };
        const idle = use.takeIdle();
        if (idle === undefined) return callOn(await use.open(target.negotiated));
        try {
          return await callOn(idle);
        } catch (error) {
          if (!isSessionExpired(idle, error)) throw error;
        }
        // The server refused the session before it looked at the call, so the call may be sent again, once.
        return callOn(await use.open(target.negotiated));
      }),
  };
}

const MAX_NAME_LENGTH = 200;
const MAX_INSTRUCTIONS_LENGTH = 8192;

function selfDescription(client: Client): Pick<Discovery, 'serverInfo' | 'instructions'> {
  const info = client.getServerVersion();
  return {
    serverInfo: info && { name: info.name.slice(0, MAX_NAME_LENGTH), version: info.version.slice(0, MAX_NAME_LENGTH) },
    instructions: client.getInstructions()?.slice(0, MAX_INSTRUCTIONS_LENGTH),
  };
}
