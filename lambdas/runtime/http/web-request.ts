import type { APIGatewayProxyEvent } from 'aws-lambda';
import { requestUrlOf } from './hub-url.ts';
import { bodyTextOf } from './request.ts';

/**
 * What the web's `Headers` take. Something in front of the API may send more, such as the name of a city, and nothing that
 * is read here is written in it.
 */
const BYTES = /^[\t\x20-\x7e\x80-\xff]*$/;

/** The event as the request that it stands for; every line of a header and of a query parameter counts. */
export function webRequestOf(event: APIGatewayProxyEvent, signal: AbortSignal): Request {
  const url = new URL(requestUrlOf(event));
  for (const [name, values] of Object.entries(event.multiValueQueryStringParameters ?? {})) {
    for (const value of values ?? []) url.searchParams.append(name, value);
  }
  const headers = new Headers();
  for (const [name, lines] of Object.entries(event.multiValueHeaders ?? {})) {
    for (const line of lines ?? []) if (BYTES.test(line)) headers.append(name, line);
  }
  return new Request(url, { method: event.httpMethod, headers, body: bodyTextOf(event), signal });
}
