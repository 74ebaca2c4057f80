import middy from '@middy/core';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { admit, type AdmissionOptions, matchRoute, type Routes } from './admission.ts';
import { corsHeaders, problems, requestLog, type StackOptions } from './http-stack.ts';
import type { HubRequest } from './request.ts';
import type { HttpResponse } from './response.ts';

/** A route behind the authorizer. */
export type HubRoute = (request: HubRequest) => Promise<HttpResponse>;

/** The one stack of every function that answers at once, behind the REST API and its authorizer. */
// middy runs what follows a request in reverse: problems first, then CORS on whatever is answered, then the log.
export function httpHandler(routes: Routes<HubRoute>, options: StackOptions & AdmissionOptions) {
  return middy<APIGatewayProxyEvent, HttpResponse>()
    .use(requestLog())
    .use(corsHeaders(options))
    .use(problems(options))
    .handler(async (event, context) => {
      const { route, handle } = matchRoute(routes, event);
      return await handle(admit(route, event, context, options));
    });
}
