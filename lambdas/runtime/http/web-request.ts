import type { APIGatewayProxyEvent } from 'aws-lambda';
import { requestUrlOf } from './hub-url.ts';
import { bodyTextOf } from './request.ts';

/** The event as the request that it stands for; every line of a header and of a query parameter counts. */
export function webRequestOf(event: APIGatewayProxyEvent, signal: AbortSignal): Request {
  const url = new URL(requestUrlOf(event));
  for (const [name, values] of Object.entries(event.multiValueQueryStringParameters ?? {})) {
    for (const value of values ?? []) url.searchParams.append(name, value);
  }
  const headers = new Headers();
  for (const [name, lines] of Object.entries(event.multiValueHeaders ?? {})) {
    for (const line of lines ?? []) headers.append(name, line);
  }
  return new Request(url, { method: event.httpMethod, headers, body: bodyTextOf(event), signal });
}
