import type { Writable } from 'node:stream';
import middy from '@middy/core';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { describeError, logger } from '../logger.ts';
import { admit, type AdmissionOptions, matchRoute, type Routes } from './admission.ts';
import { corsHeaders, type HttpAnswer, logRequest, problems, type StackOptions } from './http-stack.ts';
import { requireAllowedOrigin } from './origin.ts';
import { type HubRequest, jsonBodyOf } from './request.ts';
import { sendAnswer } from './send-answer.ts';
import { webRequestOf } from './web-request.ts';

/** The deadline's signal aborts also when the client goes away. */
export interface StreamingRequest extends HubRequest {
  readonly web: Request;
  /** The body. */
  readonly json: unknown;
}

/** A route behind the authorizer whose response is sent as it comes into being. */
export type StreamingRoute = (request: StreamingRequest) => Promise<Response>;

type Options = StackOptions & AdmissionOptions;

interface StreamingContext extends Context {
  readonly clientGone: AbortSignal;
}

/** Kept back from the function's time limit: a response that has not ended by itself after the deadline is cut here. */
const CUT_MARGIN_MS = 500;

/** The one stack of every function that streams: the same as of those that answer at once, and the origin is checked. */
export function streamingHandler(routes: Routes<StreamingRoute>, options: Options) {
  const answer = middy<APIGatewayProxyEvent, HttpAnswer, Error, StreamingContext>()
    .use(corsHeaders(options))
    .use(problems(options))
    .handler(async (event, context) => await respond(routes, options, event, context));

  // Node loads its classes of HTTP when they are first used; before the first request nobody waits for that.
  void [new Request('http://localhost'), new Response()];
  return awslambda.streamifyResponse(async (event: APIGatewayProxyEvent, stream: Writable, context: Context) => {
    const startedAt = Date.now();
    logger.addContext(context);
    const clientGone = goneSignal(stream);
    const response = await answer(event, { ...context, clientGone });
    const end = await send(stream, response, clientGone, context);
    logRequest(event, { status: response.statusCode, startedAt, end });
    // To end in order would tell the client that it has everything.
    if (end === 'cut' || end === 'broken') throw new Error(`the response was ${end} after it had started`);
  });
}

async function respond(
  routes: Routes<StreamingRoute>,
  options: Options,
  event: APIGatewayProxyEvent,
  context: StreamingContext,
): Promise<HttpAnswer> {
  const { route, handle } = matchRoute(routes, event);
  requireAllowedOrigin(event, options.corsOrigin);
  const admitted = admit(route, event, context, options);
  const signal = AbortSignal.any([admitted.deadline.signal, context.clientGone]);
  const { status, headers, body } = await handle({
    ...admitted,
    deadline: { ...admitted.deadline, signal },
    json: jsonBodyOf(event),
    web: webRequestOf(event, signal),
  });
  return { statusCode: status, headers: Object.fromEntries(headers), body };
}

/** Aborts when nobody takes the response any more. */
function goneSignal(stream: Writable): AbortSignal {
  const gone = new AbortController();
  const abort = (): void => gone.abort(new Error('the client has gone'));
  stream.once('close', () => {
    if (!stream.writableFinished) abort();
  });
  stream.on('error', abort);
  return gone.signal;
}

async function send(
  stream: Writable,
  response: HttpAnswer,
  clientGone: AbortSignal,
  context: Context,
): Promise<'complete' | 'client gone' | 'cut' | 'broken'> {
  const cut = AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - CUT_MARGIN_MS));
  try {
    await sendAnswer(stream, response, AbortSignal.any([clientGone, cut]));
    return 'complete';
  } catch (error) {
    if (clientGone.aborted) return 'client gone';
    if (cut.aborted) return 'cut';
    logger.error('failed', describeError(error));
    return 'broken';
  }
}
