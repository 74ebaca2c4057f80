import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { writePrivateFile } from '../private-file.ts';
import { commandSchema, CONTROL_FILE } from './control-commands.ts';
import { type Controlled, performCommand } from './perform-command.ts';

export interface ControlDoor {
  close(): Promise<void>;
}

/**
 * Lets the commands of this machine's user in, and nobody else: the secret is new with every start and lies in a file
 * that only the owner of the data directory can read.
 */
export async function openControlDoor(controlled: Controlled, dataDirectory: string): Promise<ControlDoor> {
  const secret = randomBytes(32).toString('base64url');
  const server = createServer((request, response) => {
    void answerTo(controlled, secret, request).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
      response.end(JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const file = join(dataDirectory, CONTROL_FILE);
  writePrivateFile(file, JSON.stringify({ url: `http://127.0.0.1:${port}`, secret }));
  return {
    async close() {
      rmSync(file, { force: true });
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

async function answerTo(controlled: Controlled, secret: string, request: IncomingMessage): Promise<Answer> {
  const given = request.headers.authorization ?? '';
  if (!equal(given, `Bearer ${secret}`)) return { status: 401, body: { error: 'the secret is wrong' } };
  try {
    return { status: 200, body: performCommand(controlled, commandSchema.parse(await json(request))) };
  } catch (error) {
    return { status: 400, body: { error: error instanceof Error ? error.message : String(error) } };
  }
}

const equal = (left: string, right: string): boolean =>
  left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
