import { HubError } from '../hub-error.ts';
import { MAX_SERVERS_PER_TENANT } from './server.ts';
import { slugSchema } from './slug.ts';

export function serverNotFound(slug: string): HubError {
  return new HubError('server_not_found', `there is no server "${slug.slice(0, 64)}"; see GET /v1/servers`);
}

export function slugTaken(slug: string): HubError {
  return new HubError('slug_taken', `there is a server "${slug}" already; change it, or choose another slug`);
}

export function noRoom(): HubError {
  return new HubError('quota_exceeded', `a tenant has at most ${MAX_SERVERS_PER_TENANT} servers; delete one first`);
}

/** A slug out of a path. What cannot be a slug names no server. */
export function requireSlug(segment: string): string {
  if (!slugSchema.safeParse(segment).success) throw serverNotFound(segment);
  return segment;
}
