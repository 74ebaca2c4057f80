import { resolve } from 'node:path';

export interface Settings {
  readonly port: number;
  readonly dataDirectory: string;
}

const DEFAULT_PORT = 8787;
const DEFAULT_DATA_DIRECTORY = '.nexus';

/** What `npm start` and `npm run token` share: `PORT` and `NEXUS_DATA`. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  return {
    port: readPort(env['PORT']),
    dataDirectory: resolve(env['NEXUS_DATA'] || DEFAULT_DATA_DIRECTORY),
  };
}

/** Where the hub of these settings is, running or not. Its tokens name this URL. */
export const publicUrl = (port: number): string => `http://127.0.0.1:${port}`;

function readPort(text: string | undefined): number {
  const port = Number(text || DEFAULT_PORT);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new Error(`PORT is ${text}: set it to a number from 1 to 65535`);
}
