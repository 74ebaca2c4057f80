import middy from '@middy/core';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { ROUTES, type RouteKey, VIA_HEADER } from '../../contract.ts';
import { HubError } from '../../hub/hub-error.ts';
import { describeError, logger } from '../logger.ts';
import { withCors } from './cors.ts';
import { problemResponse } from './problem.ts';
import { deadlineOf, type HubRequest, headerLinesOf, ownOriginsOf, principalOf } from './request.ts';
import type { HttpResponse } from './response.ts';

/** A route behind the authorizer. */
export type HubRoute = (request: HubRequest) => Promise<HttpResponse>;

export interface HttpHandlerOptions {
  /** This hub's own id in `Nexus-Via`. */
  readonly hubId: string;
  /** Origin whose pages may read the answers, `*`, or empty for none. */
  readonly corsOrigin: string;
  readonly awsRegion: string;
}

/** Hubs that one request may pass through, this one included. */
const MAX_HOPS = 3;

/**
 * The one stack of every function behind the REST API: identifies the caller, checks the route's scope once more behind
 * the authorizer, stops loops, answers problems, and writes one line per request.
 */
// middy runs what follows a request in reverse: problems first, then CORS on whatever is answered, then the log.
export function httpHandler(routes: Partial<Readonly<Record<RouteKey, HubRoute>>>, options: HttpHandlerOptions) {
  return middy<APIGatewayProxyEvent, HttpResponse>()
    .use(requestLog())
    .use(corsHeaders(options.corsOrigin))
    .use(problems())
    .handler((event, context) => dispatch(routes, options, event, context));
}

async function dispatch(
  routes: Partial<Readonly<Record<RouteKey, HubRoute>>>,
  options: HttpHandlerOptions,
  event: APIGatewayProxyEvent,
  context: Context,
): Promise<HttpResponse> {
  const route = ROUTES.find(({ method, path }) => method === event.httpMethod && path === event.resource);
  const handle = route === undefined ? undefined : routes[`${route.method} ${route.path}` as RouteKey];
  if (route === undefined || handle === undefined)
    throw new Error('the API sends a route here that this function has not');
  const principal = principalOf(event, Date.now());
  if (!principal.scopes.has(route.scope)) {
    throw new HubError('insufficient_scope', `this needs the scope "${route.scope}"`, {
      details: { scope: route.scope },
    });
  }
  return handle({
    principal,
    event,
    deadline: deadlineOf(context, Date.now()),
    via: hopsOf(event, options.hubId),
    ownOrigins: ownOriginsOf(event, options.awsRegion),
  });
}

/** `Nexus-Via` names the hubs that a request came through. A hub never serves a request that it caused itself. */
function hopsOf(event: APIGatewayProxyEvent, hubId: string): readonly string[] {
  const hops = headerLinesOf(event, VIA_HEADER)
    .flatMap((line) => line.split(','))
    .map((hop) => hop.trim())
    .filter(Boolean);
  if (hops.includes(hubId)) {
    throw new HubError(
      'loop_detected',
      'the request came through this hub before; remove the server that points back to it',
    );
  }
  if (hops.length >= MAX_HOPS) {
    throw new HubError('loop_detected', `the request came through more than ${MAX_HOPS - 1} hubs; shorten the chain`);
  }
  return hops;
}

function requestLog(): middy.MiddlewareObj<APIGatewayProxyEvent, HttpResponse> {
  let startedAt = 0;
  return {
    before: ({ context }) => {
      startedAt = Date.now();
      logger.addContext(context);
    },
    after: ({ event, response }) => logRequest(event, response?.statusCode, Date.now() - startedAt),
    onError: ({ event, response }) => logRequest(event, response?.statusCode, Date.now() - startedAt),
  };
}

function logRequest(event: APIGatewayProxyEvent, status: number | undefined, durationMs: number): void {
  logger.info('request', {
    method: event.httpMethod,
    route: event.resource,
    status,
    durationMs,
    apiRequestId: event.requestContext.requestId,
    tenantId: event.requestContext.authorizer?.['tenantId'],
  });
}

function problems(): middy.MiddlewareObj<APIGatewayProxyEvent, HttpResponse> {
  return {
    onError: (request) => {
      const { error, event } = request;
      if (error instanceof HubError) logger.info('refused', { code: error.code, ...describeError(error) });
      else logger.error('failed', describeError(error));
      request.response = problemResponse(error, event.requestContext.requestId);
    },
  };
}

function corsHeaders(origin: string): middy.MiddlewareObj<APIGatewayProxyEvent, HttpResponse> {
  const add: middy.MiddlewareFn<APIGatewayProxyEvent, HttpResponse> = (request) => {
    if (request.response) request.response = withCors(request.response, origin);
  };
  return { after: add, onError: add };
}
