import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createGateway, type GatewayOptions } from './gateway.ts';
import { isForKnownHost, UNKNOWN_HOST } from './known-host.ts';
import { writeAnswer } from './write-answer.ts';

/** Serves what lies below a path prefix, beside the API. */
export interface ExtraHandler {
  /** `/oidc` */
  readonly prefix: string;
  handle(request: IncomingMessage, response: ServerResponse): void;
}

export interface RestApiOptions extends GatewayOptions {
  readonly extraHandlers?: readonly ExtraHandler[];
}

/** API Gateway's REST API, Regional and behind a custom domain without a base path, and what runs beside it. */
export function createRestApi({ extraHandlers = [], ...options }: RestApiOptions): RequestListener {
  const gateway = createGateway(options);
  return (request, response) => {
    if (!isForKnownHost(request)) {
      writeAnswer(response, UNKNOWN_HOST);
      return;
    }
    const extra = extraHandlers.find(({ prefix }) => isBelow(prefix, request.url ?? '/'));
    if (extra === undefined) void gateway(request, response);
    else extra.handle(request, response);
  };
}

function isBelow(prefix: string, url: string): boolean {
  const [path = ''] = url.split('?');
  return path === prefix || path.startsWith(`${prefix}/`);
}
