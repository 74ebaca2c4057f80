import { requireSlug } from '../hub/servers/server-refusals.ts';
import { readEnv } from '../runtime/env.ts';
import { hubUrlOf } from '../runtime/http/hub-url.ts';
import { openHandler } from '../runtime/http/open-handler.ts';
import { pathParameter } from '../runtime/http/request.ts';
import { resourceMetadata } from '../runtime/http/resource-metadata.ts';
import { jsonResponse } from '../runtime/http/response.ts';

const env = readEnv('corsOrigin', 'oidcIssuer', 'scopePrefix');

/** Everything that needs no token. It touches nothing: liveness, and where tokens come from. */
export const handler = openHandler(
  {
    'GET /v1/health': () => jsonResponse(200, { status: 'ok' }),
    'GET /.well-known/oauth-protected-resource': (event) => resourceMetadata(hubUrlOf(event), env),
    'GET /.well-known/oauth-protected-resource/mcp': (event) => resourceMetadata(`${hubUrlOf(event)}/mcp`, env),
    'GET /.well-known/oauth-protected-resource/servers/{slug}/mcp': (event) => {
      const slug = requireSlug(pathParameter(event, 'slug'));
      return resourceMetadata(`${hubUrlOf(event)}/servers/${slug}/mcp`, env);
    },
  },
  env,
);
