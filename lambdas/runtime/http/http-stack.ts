import type middy from '@middy/core';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { HubError } from '../../hub/hub-error.ts';
import { describeError, logger } from '../logger.ts';
import { withCors } from './cors.ts';
import { hubUrlOf } from './hub-url.ts';
import { problemResponse } from './problem.ts';
import type { HttpResponse } from './response.ts';

export interface StackOptions {
  /** Origin whose pages may read the answers, `*`, or empty for none. */
  readonly corsOrigin: string;
  /** What the issuer puts before the hub's scopes. */
  readonly scopePrefix: string;
}

/** An answer whose body may still be coming. */
export interface HttpAnswer extends Omit<HttpResponse, 'body'> {
  readonly body: string | ReadableStream<Uint8Array> | null;
}

type Middleware = middy.MiddlewareObj<APIGatewayProxyEvent, HttpAnswer>;

/** One line per request. */
export function requestLog(): Middleware {
  let startedAt = 0;
  return {
    before: ({ context }) => {
      startedAt = Date.now();
      logger.addContext(context);
    },
    after: ({ event, response }) => logRequest(event, { status: response?.statusCode, startedAt }),
    onError: ({ event, response }) => logRequest(event, { status: response?.statusCode, startedAt }),
  };
}

export function logRequest(
  event: APIGatewayProxyEvent,
  { startedAt, ...outcome }: { readonly startedAt: number; readonly status: number | undefined; readonly end?: string },
): void {
  logger.info('request', {
    method: event.httpMethod,
    route: event.resource,
    ...outcome,
    durationMs: Date.now() - startedAt,
    apiRequestId: event.requestContext.requestId,
    tenantId: event.requestContext.authorizer?.['tenantId'],
  });
}

/** Answers whatever is thrown. */
export function problems({ scopePrefix }: StackOptions): Middleware {
  return {
    onError: (request) => {
      const { error, event } = request;
      if (error instanceof HubError) logger.info('refused', { code: error.code, ...describeError(error) });
      else logger.error('failed', describeError(error));
      const { requestId } = event.requestContext;
      request.response = problemResponse(error, { requestId, hubUrl: () => hubUrlOf(event), scopePrefix });
    },
  };
}

export function corsHeaders({ corsOrigin }: StackOptions): Middleware {
  const add: middy.MiddlewareFn<APIGatewayProxyEvent, HttpAnswer> = (request) => {
    if (request.response) request.response = withCors(request.response, corsOrigin);
  };
  return { after: add, onError: add };
}
