import { HubError } from '../hub-error.ts';
import type { Server } from './server.ts';

/** The state of a thing that a caller wants to have changed, and no other. */
export interface ExpectedVersion {
  /**
   * A server that was deleted and added again begins with the same version and is another. Absent when the caller knows
   * no more than the version that answers show.
   */
  readonly id?: string;
  readonly version: number;
}

export function requireExpected(server: Server, expected: ExpectedVersion | undefined): void {
  if (expected === undefined) return;
  if ((expected.id ?? server.serverId) !== server.serverId || expected.version !== server.version) {
    throw new HubError('precondition_failed', 'the server was changed since you read it; read it again');
  }
}
