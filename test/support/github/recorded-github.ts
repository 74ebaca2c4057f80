import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { TestContext } from 'node:test';
import * as z from 'zod';
import { type RecordingServer, startRecordingServer } from '../upstreams/recording-server.ts';

const BY_ID = '/repositories/1000';
const HOST = 'https://api.github.com';
/** What the connection of a recording had, and not the answer. */
const OF_CONNECTION = new Set(['content-encoding', 'content-length', 'transfer-encoding', 'connection', 'date']);

/** What GitHub does where it is not told. */
const DEFAULTS = new Set(['page=1', 'per_page=30']);

const exchanges = z.array(
  z.object({
    method: z.string(),
    path: z.string(),
    body: z.unknown(),
    status: z.number(),
    response: z.unknown(),
    headers: z.record(z.string(), z.coerce.string()),
  }),
);
export type Exchange = z.infer<typeof exchanges>[number];

export interface RecordedGithub extends RecordingServer {
  readonly exchanges: readonly Exchange[];
}

/**
 * Answers as GitHub did when the scenario was recorded: to the same requests, each time with the next recording of it,
 * under an address of its own. Anything else is answered with 501, which no tool takes for an answer. With a `name`, what
 * was asked of a repository by its id can be asked by its name, which is the same to GitHub.
 */
export async function startRecordedGithub(t: TestContext, scenario: string, name = ''): Promise<RecordedGithub> {
  const file = `@octokit/fixtures/scenarios/api.github.com/${scenario}/normalized-fixture.json`;
  const recorded = exchanges.parse(JSON.parse(readFileSync(createRequire(import.meta.url).resolve(file), 'utf8')));
  const waiting = recorded.map((exchange) => ({
    ...exchange,
    path: name === '' ? exchange.path : exchange.path.replace(BY_ID, name),
  }));
  const server = await startRecordingServer((request, response) => {
    const asked = keyOf(`${request.method}`, `${request.url}`);
    const index = waiting.findIndex(({ method, path }) => keyOf(method, path) === asked);
    const [found] = index === -1 ? [] : waiting.splice(index, 1);
    if (found === undefined) response.writeHead(501).end();
    else replay(found, `http://${request.headers.host}`, response);
  });
  t.after(() => server.close());
  return { ...server, exchanges: recorded };
}

function replay({ status, response: body, headers }: Exchange, origin: string, response: ServerResponse): void {
  const kept = Object.entries(headers).filter(([name]) => !OF_CONNECTION.has(name.toLowerCase()));
  for (const [name, value] of kept) response.setHeader(name, value.replaceAll(HOST, origin));
  const isEmpty = status === 204 || status === 205;
  response.writeHead(status).end(isEmpty ? undefined : JSON.stringify(body));
}

/** The order of parameters, a slash at the end and the encoding of a slash make no other request. */
function keyOf(method: string, path: string): string {
  const { pathname, searchParams } = new URL(path, HOST);
  const parameters = [...searchParams].map(([name, value]) => `${name}=${value}`).filter((text) => !DEFAULTS.has(text));
  return [method.toUpperCase(), decodeURIComponent(pathname).replace(/\/$/, ''), ...parameters.toSorted()].join(' ');
}
