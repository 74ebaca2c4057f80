import { EXPOSED_HEADERS } from '../../contract.ts';
import type { HttpResponse } from './response.ts';

/** The answer, readable by pages of the one origin, of every one (`*`), or of none (empty). */
export function withCors(response: HttpResponse, origin: string): HttpResponse {
  if (origin === '') return response;
  const headers = {
    ...response.headers,
    'access-control-allow-origin': origin,
    'access-control-expose-headers': EXPOSED_HEADERS.join(','),
    ...(origin === '*' ? {} : { vary: 'origin' }),
  };
  return { ...response, headers };
}
