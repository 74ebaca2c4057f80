import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { type Route, type RouteKey, ROUTES, VIA_HEADER } from '../../contract.ts';
import { HubError } from '../../hub/hub-error.ts';
import type { Principal } from '../../hub/principal.ts';
import { deadlineOf, type HubRequest, headerLinesOf, ownOriginsOf, principalOf } from './request.ts';
import { opensRoute } from './route-scope.ts';

export interface AdmissionOptions {
  /** This hub's own id in `Nexus-Via`. */
  readonly hubId: string;
  readonly awsRegion: string;
}

export type Routes<H> = Partial<Readonly<Record<RouteKey, H>>>;

/** Hubs that one request may pass through, this one included. */
const MAX_HOPS = 3;

/** What a function has for a request. The API sends it nothing else. */
export function matchRoute<H>(routes: Routes<H>, event: APIGatewayProxyEvent): { readonly route: Route; handle: H } {
  const route = ROUTES.find(({ method, path }) => method === event.httpMethod && path === event.resource);
  const handle = route === undefined ? undefined : routes[`${route.method} ${route.path}` as RouteKey];
  if (route === undefined || handle === undefined)
    throw new Error('the API sends a route here that this function has not');
  return { route, handle };
}

/** Identifies the caller, checks the route's scope once more behind the authorizer, and stops loops. */
export function admit(
  { scope }: Route,
  event: APIGatewayProxyEvent,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
  { hubId, awsRegion }: AdmissionOptions,
): HubRequest {
  const principal = principalOf(event, Date.now());
  requireScope(principal, scope);
  return {
    principal,
    event,
    deadline: deadlineOf(context, Date.now()),
    via: hopsOf(event, hubId),
    ownOrigins: ownOriginsOf(event, awsRegion),
  };
}

export function requireScope({ scopes }: Principal, scope: Route['scope']): void {
  if (opensRoute(scopes, scope)) return;
  throw new HubError('insufficient_scope', `this needs the scope "${scope}"`, { details: { scope } });
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
