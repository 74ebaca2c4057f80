import { HubError } from '../hub-error.ts';
import type { Server } from './server.ts';

/** The state of a thing that a caller wants to have changed, and no other. */
export interface ExpectedVersion {
  readonly id: string;
  readonly version: number;
}

/** The id counts too: a server that was deleted and added again begins with the same version and is another. */
export function requireExpected(server: Server, expected: ExpectedVersion | undefined): void {
  if (expected === undefined) return;
  if (expected.id !== server.serverId || expected.version !== server.version) {
    throw new HubError('precondition_failed', 'the server was changed since you read it; read it again');
  }
}
