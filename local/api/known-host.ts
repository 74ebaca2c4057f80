import type { IncomingMessage } from 'node:http';
import type { Answer } from './answer.ts';

const NAMES: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Whether a request names this machine, with the port that it came to. A page whose own name was made to lead here (DNS
 * rebinding) sends that name.
 */
export function isForKnownHost({ headers, socket }: IncomingMessage): boolean {
  const host = headers.host?.toLowerCase();
  return NAMES.some((name) => host === `${name}:${socket.localPort}` || (socket.localPort === 80 && host === name));
}

/** How API Gateway answers for a domain that it does not know. */
export const UNKNOWN_HOST: Answer = {
  statusCode: 403,
  headers: [
    ['Content-Type', 'application/json'],
    ['x-amzn-ErrorType', 'ForbiddenException'],
  ],
  body: '{"message":"Forbidden"}',
};
