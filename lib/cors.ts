import { Duration } from 'aws-cdk-lib';
import type { Method, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { EXPOSED_HEADERS, ROUTES } from '../lambdas/contract.ts';

const ALLOWED_HEADERS = ['Authorization', 'Content-Type', 'If-Match', 'If-None-Match'];

/** An OPTIONS method for every path of the route table, answered by API Gateway itself. */
export function addPreflights(api: RestApi, origin: string): Method[] {
  const paths = [...new Set(ROUTES.map((route) => route.path))];
  return paths.map((path) =>
    api.root.resourceForPath(path).addCorsPreflight({
      allowOrigins: [origin],
      allowMethods: ROUTES.filter((route) => route.path === path).map((route) => route.method),
      allowHeaders: ALLOWED_HEADERS,
      exposeHeaders: [...EXPOSED_HEADERS],
      maxAge: Duration.hours(1),
    }),
  );
}

/** Headers without which a page may not read an answer. */
export function corsHeaders(origin: string): Record<string, string> {
  return { 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': EXPOSED_HEADERS.join() };
}
