import type { Route } from '../../contract.ts';

/** Whether who has these scopes may use a route behind the authorizer. */
export function opensRoute(scopes: ReadonlySet<string>, needed: Route['scope']): boolean {
  return needed === 'any' ? scopes.size > 0 : scopes.has(needed);
}
