import type { APIGatewayProxyEvent } from 'aws-lambda';
import { HubError } from '../../hub/hub-error.ts';
import { headerOf } from './request.ts';

/** Entity tag of a stored version. */
export function versionTag(version: number): string {
  return `"v${version}"`;
}

/** The version that `If-Match` (RFC 9110 section 13.1.1) asks for; undefined when the caller takes any. */
export function expectedVersionOf(event: APIGatewayProxyEvent): number | undefined {
  const header = headerOf(event, 'if-match')?.trim();
  if (header === undefined || header === '*') return undefined;
  const version = /^"v(\d{1,15})"$/.exec(header)?.[1];
  if (version === undefined) {
    throw new HubError('precondition_failed', 'If-Match must be the ETag of an earlier answer, or *');
  }
  return Number(version);
}
