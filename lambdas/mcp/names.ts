import { exposedName } from '../hub/catalog/exposed-name.ts';
import { exposeDefinition, exposeResult } from '../hub/catalog/expose-result.ts';
import { ownUri } from '../hub/catalog/exposed-uri.ts';
import { HubError } from '../hub/hub-error.ts';
import type { JsonObject } from '../hub/json.ts';

/** A server's definition under the name that the hub gave it. */
interface Named {
  readonly slug: string;
  readonly exposed: string;
  readonly definition: JsonObject;
}

/** How an MCP endpoint calls what the servers have, in both directions. */
export interface Names {
  /** The one server that is shown; undefined for all of them. */
  readonly server: string | undefined;
  /** A tool or prompt as this endpoint shows it. */
  show(named: Named): JsonObject;
  /** A resource or template as this endpoint shows it; `key` names the member with its URI. */
  showUri(named: Named, key: 'uri' | 'uriTemplate'): JsonObject;
  /** The hub's name of what this endpoint calls so. */
  exposed(name: string): string;
  /** Server and own URI of what this endpoint calls so. */
  locate(uri: string): { readonly slug: string; readonly uri: string };
  /** A result with the URIs in it as this endpoint shows them. */
  result(slug: string, result: JsonObject): JsonObject;
  /** The name of a logger, so that one can tell whose message it is. */
  logger(slug: string, logger: string | undefined): string | undefined;
}

/** All servers of a tenant under one roof: `slug_tool`, `slug+uri`. */
export const prefixedNames: Names = {
  server: undefined,
  show: ({ slug, exposed, definition }) => ({ ...exposeDefinition(slug, definition), name: exposed }),
  showUri: ({ exposed, definition }, key) => ({ ...definition, [key]: exposed }),
  exposed: (name) => name,
  locate(uri) {
    const located = ownUri(uri);
    if (located !== undefined) return located;
    throw new HubError(
      'resource_not_found',
      'this uri is none that the hub gives; list the resources to see which there are',
      { details: { uri } },
    );
  },
  result: exposeResult,
  logger: (slug, logger) => (logger === undefined ? slug : `${slug}/${logger}`),
};

/** One server as it calls its things itself. */
export function ownNames(slug: string): Names {
  return {
    server: slug,
    show: ({ definition }) => definition,
    showUri: ({ definition }) => definition,
    exposed: (name) => exposedName(slug, name),
    locate: (uri) => ({ slug, uri }),
    result: (_slug, result) => result,
    logger: (_slug, logger) => logger,
  };
}
