import { readEnv } from '../runtime/env.ts';
import { withCors } from '../runtime/http/cors.ts';
import { type HttpResponse, jsonResponse } from '../runtime/http/response.ts';

const { corsOrigin } = readEnv('corsOrigin');

/** `GET /v1/health`: the API and a function behind it answer. Open, and it touches nothing. */
export const handler = async (): Promise<HttpResponse> => withCors(jsonResponse(200, { status: 'ok' }), corsOrigin);
