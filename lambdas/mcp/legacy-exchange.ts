import { type Server, WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server';
import { isJsonObject } from '../hub/json.ts';

const EVENT_STREAM = 'text/event-stream';

/** Whether the answer may say something before its result: the client takes events, and there is one result. */
export function takesEvents(request: Request, message: unknown): boolean {
  return (request.headers.get('accept') ?? '').includes(EVENT_STREAM) && !Array.isArray(message);
}

/**
 * Serves one request of a revision before 2026-07-28, without a session: JSON, or events when there is something to say
 * before the result and the client takes events. The SDK alone answers such a client with events always.
 */
export async function answerLegacy(server: Server, request: Request, message: unknown): Promise<Response> {
  const accepts = request.headers.get('accept') ?? '*/*';
  const enableJsonResponse = !takesEvents(request, message);
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse });
  await server.connect(transport);
  // Many clients name one type only, and the transport would refuse them.
  const headers = new Headers(request.headers);
  headers.set('accept', `application/json, ${EVENT_STREAM}`);
  const parsedBody = withoutCancellations(message);
  const response = await transport.handleRequest(new Request(request, { headers }), { parsedBody });
  const { body, status } = response;
  if (response.headers.get('content-type') !== EVENT_STREAM || body === null) return response;
  const reader = body.getReader();
  const takesJson = accepts.includes('application/json') || accepts.includes('*/*');
  const { text, chunks } = takesJson ? await firstEvent(reader) : NOTHING_YET;
  const result = resultIn(text);
  if (result === undefined) return new Response(resumed(chunks, reader, server), { status, headers: response.headers });
  await reader.cancel();
  return Response.json(result);
}

/** A batch is answered when each of its requests is, and the transport waits without end for one that the batch cancels. */
function withoutCancellations(message: unknown): unknown {
  const isCancellation = (each: unknown) => isJsonObject(each) && each['method'] === 'notifications/cancelled';
  return Array.isArray(message) ? message.filter((each) => !isCancellation(each)) : message;
}

interface FirstEvent {
  readonly text: string;
  readonly chunks: readonly Uint8Array[];
}

const NOTHING_YET: FirstEvent = { text: '', chunks: [] };

/** Waits for the first event: when it is the result, it is the whole answer. */
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

const DATA = 'data: ';

/** The message of an event, if it answers a request. JSON may have line ends of Unicode in it, of which events know none. */
function resultIn(event: string): unknown {
  const line = event.split('\n').find((each) => each.startsWith(DATA));
  const message: unknown = line === undefined ? undefined : JSON.parse(line.slice(DATA.length));
  return isJsonObject(message) && ('result' in message || 'error' in message) ? message : undefined;
}

/** A client that takes no more of it has cancelled its request, which closing the server tells whoever works on it. */
function resumed(
  chunks: readonly Uint8Array[],
  reader: ReadableStreamDefaultReader<Uint8Array>,
  server: Server,
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
    async cancel(reason) {
      await Promise.all([server.close(), reader.cancel(reason)]);
    },
  });
}
