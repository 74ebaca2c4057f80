import type { ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';

export function writeAnswer(response: ServerResponse, answer: Answer): void {
  writeHead(response, answer);
  response.setHeader('Content-Length', Buffer.byteLength(answer.body));
  response.end(answer.body);
}

/** Sets status and headers beside those that every answer of the gateway has. */
export function writeHead(response: ServerResponse, { statusCode, headers }: Omit<Answer, 'body'>): void {
  response.statusCode = statusCode;
  for (const [name, value] of headers) response.appendHeader(name, value);
}
