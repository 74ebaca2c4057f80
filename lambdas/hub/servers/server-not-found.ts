import { HubError } from '../hub-error.ts';
import { slugSchema } from './slug.ts';

export function serverNotFound(slug: string): HubError {
  return new HubError('server_not_found', `there is no server "${slug.slice(0, 64)}"; see GET /v1/servers`);
}

/** A slug out of a path. What cannot be a slug names no server. */
export function requireSlug(segment: string): string {
  if (!slugSchema.safeParse(segment).success) throw serverNotFound(segment);
  return segment;
}
