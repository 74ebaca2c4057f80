import { Duration } from 'aws-cdk-lib';
import type { Method, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { EXPOSED_HEADERS, METADATA_PATH, ROUTES } from '../lambdas/contract.ts';

const ALLOWED_HEADERS = ['Authorization', 'Content-Type', 'Idempotency-Key', 'If-Match', 'If-None-Match'];
/** `Mcp-Param-*` are named by the tools, so that only the wildcard has them all; it does not stand for Authorization. */
const MCP_HEADERS = [
  'Authorization',
  'Content-Type',
  'MCP-Protocol-Version',
  'Mcp-Method',
  'Mcp-Name',
  'Mcp-Session-Id',
  'Last-Event-ID',
  '*',
];

const PATHS = [...new Set(ROUTES.map((route) => route.path))];
const isMetadata = (path: string): boolean => path.startsWith(METADATA_PATH);

/** An OPTIONS method for every path of the route table, answered by API Gateway itself. */
export function addPreflights(api: RestApi, origin: string): Method[] {
  return PATHS.filter((path) => !isMetadata(path)).map((path) => addPreflight(api, path, origin));
}

/** The same for RFC 9728 metadata, which every page may read: it is how a client finds out where to log in. */
export function addMetadataPreflights(api: RestApi): Method[] {
  return PATHS.filter(isMetadata).map((path) => addPreflight(api, path, '*'));
}

function addPreflight(api: RestApi, path: string, origin: string): Method {
  return api.root.resourceForPath(path).addCorsPreflight({
    allowOrigins: [origin],
    allowMethods: ROUTES.filter((route) => route.path === path).map((route) => route.method),
    allowHeaders: path.startsWith('/v1/') ? ALLOWED_HEADERS : MCP_HEADERS,
    exposeHeaders: [...EXPOSED_HEADERS],
    maxAge: Duration.hours(1),
  });
}

/** Headers without which a page may not read an answer. */
export function corsHeaders(origin: string): Record<string, string> {
  return { 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': EXPOSED_HEADERS.join() };
}
