import { readEnv } from '../runtime/env.ts';
import { streamingHandler, type StreamingRoute } from '../runtime/http/streaming-handler.ts';

const env = readEnv('hubId', 'corsOrigin', 'scopePrefix', 'awsRegion');

/** Stands in until the endpoint is there. */
const answer: StreamingRoute = async ({ principal, web, json }) =>
  Response.json({ jsonrpc: '2.0', id: null, result: { url: web.url, tenant: principal.tenantId, json } });

/** The MCP endpoints: of everything that the caller's tenant has, and of one server. */
export const handler = streamingHandler({ 'POST /mcp': answer, 'POST /servers/{slug}/mcp': answer }, env);
