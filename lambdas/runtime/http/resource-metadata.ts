import { CLIENT_SCOPES } from '../../contract.ts';
import { type HttpResponse, jsonResponse } from './response.ts';

/** Protected resource metadata (RFC 9728 section 2): where a client gets tokens for this resource, and for which scopes. */
export function resourceMetadata(
  resource: string,
  { oidcIssuer, scopePrefix }: { readonly oidcIssuer: string; readonly scopePrefix: string },
): HttpResponse {
  const metadata = {
    resource,
    resource_name: 'Nexus Hub',
    authorization_servers: [oidcIssuer],
    scopes_supported: CLIENT_SCOPES.map((scope) => scopePrefix + scope),
    bearer_methods_supported: ['header'],
  };
  // Nobody's secret, and clients in any page need it before they can log in.
  return jsonResponse(200, metadata, { 'cache-control': 'public, max-age=300', 'access-control-allow-origin': '*' });
}
