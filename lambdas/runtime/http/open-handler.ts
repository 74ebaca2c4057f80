import middy from '@middy/core';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { matchRoute, type Routes } from './admission.ts';
import { corsHeaders, problems, requestLog, type StackOptions } from './http-stack.ts';
import type { HttpResponse } from './response.ts';

/** A route that everyone may use: there is no principal. */
export type OpenRoute = (event: APIGatewayProxyEvent) => HttpResponse;

/** The one stack of the routes without an authorizer. */
export function openHandler(routes: Routes<OpenRoute>, options: StackOptions) {
  return middy<APIGatewayProxyEvent, HttpResponse>()
    .use(requestLog())
    .use(corsHeaders(options))
    .use(problems(options))
    .handler((event) => matchRoute(routes, event).handle(event));
}
