import { HubError } from '../../hub/hub-error.ts';
import type { JsonObject } from '../../hub/json.ts';
import { hubUrlOf, type RequestFacts } from './hub-url.ts';
import { type HttpResponse, isDeliverable, jsonResponse, revalidatedResponse } from './response.ts';

/** What a tool answered. It ran, so a caller who cannot get its result must not think that nothing happened. */
function toolResponse(result: JsonObject): HttpResponse {
  return resultResponse(result, 'the tool ran, and its result is larger than an answer may be', { outcome: 'done' });
}

export function resourceResponse(uri: string, result: JsonObject): HttpResponse {
  return resultResponse(result, 'the resource is larger than an answer may be', { uri });
}

export function promptResponse(result: JsonObject): HttpResponse {
  return resultResponse(result, 'the prompt is larger than an answer may be');
}

/** A job with its result, revalidated by its tag. It was done, also where nobody can get what it answered. */
export function jobResponse(job: unknown, ifNoneMatch: string | undefined): HttpResponse {
  const response = revalidatedResponse(job, ifNoneMatch);
  return deliverable(response, 'the job was done, and its result is larger than an answer may be', { outcome: 'done' });
}

function resultResponse(result: JsonObject, tooLarge: string, details?: JsonObject): HttpResponse {
  return deliverable(jsonResponse(200, { result }), tooLarge, details);
}

function deliverable(response: HttpResponse, tooLarge: string, details: JsonObject = {}): HttpResponse {
  if (isDeliverable(response)) return response;
  throw new HubError('upstream_response_too_large', tooLarge, { details });
}

/** Seconds after which it is worth asking what became of a job. */
const POLL_SECONDS = 1;

/** What came of an invocation: the answer of a tool, or a job that was accepted for it. */
type Invoked =
  | { readonly kind: 'result'; readonly result: JsonObject }
  | { readonly kind: 'job'; readonly jobId: string; readonly job: unknown };

/** 200 with the result, or 202 with the job, and where and when to ask for it (RFC 9110 sections 10.2.2 and 10.2.3). */
export function invokedResponse(facts: RequestFacts, invoked: Invoked): HttpResponse {
  if (invoked.kind === 'result') return toolResponse(invoked.result);
  const location = `${hubUrlOf(facts)}/v1/jobs/${invoked.jobId}`;
  return jsonResponse(202, invoked.job, { location, 'retry-after': String(POLL_SECONDS) });
}
