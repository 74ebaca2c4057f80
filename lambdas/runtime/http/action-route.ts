import * as z from 'zod/mini';
import { type Route, type RouteKey, ROUTES } from '../../contract.ts';
import { requireScope } from './admission.ts';
import type { HubRoute } from './http-handler.ts';
import { type HubRequest, jsonBodyOf, valid } from './request.ts';
import type { HttpResponse } from './response.ts';

/** Something that a route does when its body asks for it. */
export interface Action {
  readonly scope: Route['scope'];
  readonly perform: (request: HubRequest, members: unknown) => Promise<HttpResponse>;
}

/** An action that does what another route does, for whom that one would. */
export function action<S extends z.core.$ZodType>(
  twin: RouteKey,
  schema: S,
  perform: (request: HubRequest, input: z.output<S>) => Promise<HttpResponse>,
): Action {
  return {
    scope: scopeOf(twin),
    perform: async (request, members) => await perform(request, valid(schema, members, 'the body')),
  };
}

/**
 * A route that does what the member `action` of its body names, with the other members as input. Like everywhere, the
 * caller's scope is asked for before the input is looked at.
 */
export function actionRoute(actions: Readonly<Record<string, Action>>): HubRoute {
  const known = new Map(Object.entries(actions));
  const bodySchema = z.looseObject({ action: z.enum([...known.keys()]) });
  return async (request) => {
    const body = jsonBodyOf(request.event);
    const { action: name } = valid(bodySchema, body, 'the body');
    const found = known.get(name);
    if (found === undefined) throw new Error('the schema lets only known actions through');
    if (found.scope !== 'open') requireScope(request.principal, found.scope);
    return await found.perform(request, withoutAction(body));
  };
}

function scopeOf(twin: RouteKey): Route['scope'] {
  const route = ROUTES.find(({ method, path }) => `${method} ${path}` === twin);
  if (route === undefined) throw new Error(`there is no route ${twin}`);
  return route.scope;
}

/** The body as it was parsed, not as a schema rebuilt it, for the action's own schema to refuse what it does not know. */
function withoutAction(body: unknown): unknown {
  return Object.fromEntries(Object.entries(body ?? {}).filter(([member]) => member !== 'action'));
}
