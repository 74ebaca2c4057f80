import type { HttpResponse } from '../runtime/http/response.ts';
import { jsonResponse } from '../runtime/http/response.ts';

/** `GET /v1/health`: the API and a function behind it answer. Open, and it touches nothing. */
export const handler = async (): Promise<HttpResponse> => jsonResponse(200, { status: 'ok' });
