import { EXPOSED_HEADERS } from '../../contract.ts';
import type { HttpResponse } from './response.ts';

/**
 * The answer, readable by pages of the one origin, of every one (`*`), or of none (empty). An answer that says itself
 * who may read it stays as it is.
 */
export function withCors<R extends Pick<HttpResponse, 'headers'>>(response: R, origin: string): R {
  if (origin === '' || 'access-control-allow-origin' in response.headers) return response;
  const headers = {
    ...response.headers,
    'access-control-allow-origin': origin,
    'access-control-expose-headers': EXPOSED_HEADERS.join(','),
    ...(origin === '*' ? {} : { vary: 'origin' }),
  };
  return { ...response, headers };
}
