import type { APIGatewayProxyEvent } from 'aws-lambda';
import { HubError } from '../../hub/hub-error.ts';
import { hubUrlOf } from './hub-url.ts';
import { headerLinesOf } from './request.ts';

const LOOPBACK = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

/**
 * Refuses a request that a page of a foreign origin caused (MCP, Streamable HTTP, security warning: a server must check
 * `Origin`, against DNS rebinding). Clients that are no browsers send none.
 */
export function requireAllowedOrigin(event: APIGatewayProxyEvent, corsOrigin: string): void {
  const own = new URL(hubUrlOf(event)).origin;
  // Only the local stage lets every origin read its answers; to its MCP endpoints even there only this machine's may speak.
  const isAllowed = (origin: string): boolean =>
    origin === own || (corsOrigin === '*' ? LOOPBACK.test(origin) : origin === corsOrigin);
  if (headerLinesOf(event, 'origin').every(isAllowed)) return;
  throw new HubError('origin_refused', 'pages of this origin may not use the hub; its operator can allow one');
}
