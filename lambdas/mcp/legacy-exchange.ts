import { type Server, WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server';
import { isJsonObject } from '../hub/json.ts';

const EVENT_STREAM = 'text/event-stream';

/**
 * Serves one request of a revision before 2026-07-28, without a session: JSON, or events when there is something to say
 * before the result and the client takes events. The SDK alone answers such a client with events always.
 */
export async function answerLegacy(server: Server, request: Request, message: unknown): Promise<Response> {
  const accepts = request.headers.get('accept') ?? '*/*';
  const takesEvents = accepts.includes(EVENT_STREAM) && !Array.isArray(message);
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: !takesEvents });
  await server.connect(transport);
  // Many clients name one type only, and the transport would refuse them.
  const headers = new Headers(request.headers);
  headers.set('accept', `application/json, ${EVENT_STREAM}`);
  const response = await transport.handleRequest(new Request(request, { headers }), { parsedBody: message });
  if (response.headers.get('content-type') !== EVENT_STREAM || response.body === null) return response;
  return accepts.includes('application/json') || accepts.includes('*/*')
    ? asJsonIfAlone(response, response.body)
    : response;
}

/** Waits for the first event, and makes it the whole answer when it is the result. */
async function asJsonIfAlone(response: Response, body: ReadableStream<Uint8Array>): Promise<Response> {
  const reader = body.getReader();
  const { text, chunks } = await firstEvent(reader);
  const result = resultIn(text);
  if (result !== undefined) {
    await reader.cancel();
    return Response.json(result);
  }
  const headers = new Headers(response.headers);
  headers.set('x-accel-buffering', 'no');
  return new Response(resumed(chunks, reader), { status: response.status, headers });
}

interface FirstEvent {
  readonly text: string;
  readonly chunks: readonly Uint8Array[];
}

async function firstEvent(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<FirstEvent> {
  const decoder = new TextDecoder();
  const chunks: Uint8Array[] = [];
  let text = '';
  while (!text.includes('\n\n')) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    text += decoder.decode(value, { stream: true });
  }
  return { text, chunks };
}

/** The message of an event, if it answers a request. */
function resultIn(event: string): unknown {
  const data = /^data: (?<data>.*)$/m.exec(event)?.groups?.['data'];
  const message: unknown = data === undefined ? undefined : JSON.parse(data);
  return isJsonObject(message) && ('result' in message || 'error' in message) ? message : undefined;
}

function resumed(
  chunks: readonly Uint8Array[],
  reader: ReadableStreamDefaultReader<Uint8Array>,
): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
    },
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
