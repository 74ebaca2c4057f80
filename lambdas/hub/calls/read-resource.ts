import * as z from 'zod/mini';
import { HubError } from '../hub-error.ts';
import type { UpstreamAnswer, UpstreamContext } from '../upstreams/upstream.ts';
import type { CallDependencies } from './call-tool.ts';
import type { CallableServer } from './callable-server.ts';
import { serverTarget } from './server-target.ts';

/** Of a resource or a template, as callers name it. A modern server gets it in a header too. */
export const uriSchema = z.string().check(z.maxLength(8192));

export interface ResourceRequest {
  /** The upstream's own URI. */
  readonly uri: string;
  /** As the caller knows it. */
  readonly shownUri: string;
}

/** Not found in any revision: -32602 from 2026-07-28 on, -32002 before. */
const NOT_FOUND_CODES: readonly unknown[] = [-32_602, -32_002];

/** Reads a resource of a server. At most one key operation, then the upstream. */
export function createReadResource({ box, upstream }: CallDependencies) {
  return async (
    callable: CallableServer,
    { uri, shownUri }: ResourceRequest,
    context: UpstreamContext,
  ): Promise<UpstreamAnswer> => {
    const target = await serverTarget(box, callable);
    return upstream.readResource(target, uri, context).catch((error: unknown) => {
      throw isNotFound(error) ? notFound(error, shownUri) : error;
    });
  };
}

function isNotFound(error: unknown): error is HubError {
  return error instanceof HubError && NOT_FOUND_CODES.includes(error.details['jsonRpcCode']);
}

function notFound({ details, cause }: HubError, uri: string): HubError {
  return new HubError('resource_not_found', 'the server has no such resource', { cause, details: { ...details, uri } });
}
