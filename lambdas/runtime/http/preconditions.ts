import type { APIGatewayProxyEvent } from 'aws-lambda';
import { HubError } from '../../hub/hub-error.ts';
import { headerOf } from './request.ts';

/** A state of one thing: which thing, and how often it was written. */
interface State {
  readonly id: string;
  readonly version: number;
}

/** Entity tag (RFC 9110 section 8.8.3) of a stored state. */
export function entityTag({ id, version }: State): string {
  return `"${id}.v${version}"`;
}

/** The state that `If-Match` (RFC 9110 section 13.1.1) asks for; undefined when the caller takes any. */
export function expectedState(event: APIGatewayProxyEvent): State | undefined {
  const header = headerOf(event, 'if-match')?.trim();
  if (header === undefined || header === '*') return undefined;
  const [, id, version] = /^"([A-Za-z0-9-]{1,64})\.v(\d{1,15})"$/.exec(header) ?? [];
  if (id === undefined || version === undefined) {
    throw new HubError('precondition_failed', 'If-Match must be the one ETag of an earlier answer, or *');
  }
  return { id, version: Number(version) };
}
