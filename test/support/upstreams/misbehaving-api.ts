import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Handler, type RecordingServer, startRecordingServer } from './recording-server.ts';

/** What an API over HTTP may do instead of answering. */
export const MISBEHAVIOURS = ['silent', 'unauthorized', 'failing', 'redirecting', 'endless', 'echoing'] as const;
export type Misbehaviour = (typeof MISBEHAVIOURS)[number];

export interface MisbehavingApi extends RecordingServer {
  /** From now on, and until it is told otherwise; `undefined` for not at all. */
  misbehave(how: Misbehaviour | undefined): void;
  /** The next request that is met with silence, and the end of its connection. */
  readonly silence: Promise<{ readonly hungUp: Promise<void> }>;
  /** Another origin, to which redirects lead and to which nobody may go. */
  readonly trap: RecordingServer;
}

/** An API that can be told to misbehave; whatever it says then repeats the headers that it was sent. */
export async function startMisbehavingApi(handle: Handler): Promise<MisbehavingApi> {
  const trap = await startRecordingServer((_request, response) => response.end('{}'));
  const silence = Promise.withResolvers<{ hungUp: Promise<void> }>();
  let behaviour: Misbehaviour | undefined;
  const answers: Record<Misbehaviour, (request: IncomingMessage, response: ServerResponse) => unknown> = {
    silent: (_request, response) =>
      silence.resolve({ hungUp: new Promise((resolve) => response.once('close', resolve)) }),
    unauthorized: (request, response) => sendError(response, 401, echo(request)),
    failing: (request, response) => sendError(response, 500, echo(request)),
    redirecting: (_request, response) => response.writeHead(307, { location: trap.origin }).end(),
    endless,
    echoing: (request, response) => sendError(response, 422, echo(request)),
  };
  const server = await startRecordingServer((request, response, body) =>
    behaviour === undefined ? handle(request, response, body) : answers[behaviour](request, response),
  );
  return {
    ...server,
    trap,
    silence: silence.promise,
    misbehave: (how) => {
      behaviour = how;
    },
    close: async () => {
      await Promise.all([server.close(), trap.close()]);
    },
  };
}

function echo({ rawHeaders }: IncomingMessage): string {
  return `you sent \u001b[31m${rawHeaders.join(' ')}`;
}

/** Where one API or the other has its words. */
function sendError(response: ServerResponse, status: number, words: string): void {
  const body = { message: words, error: { code: 'REFUSED', detail: words, status } };
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function endless(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const chunk = `"${'x'.repeat(1_000_000)}",`;
  const more = () => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  response.write('[');
  more();
}
