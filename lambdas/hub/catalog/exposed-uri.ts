import { slugSchema } from '../servers/slug.ts';

/** RFC 3986 section 3.1. Without a scheme there is nothing that a client could ask the hub for. */
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/;
/** MCP Apps know their resources by this scheme (SEP-1865), so the slug goes behind it; the scheme stays as it is spelt. */
const UI = /^ui:\/\//i;
const UI_LENGTH = 'ui://'.length;

export function isUri(text: string): boolean {
  return SCHEME.test(text);
}

/**
 * The URI, or template of URIs, under which the hub shows a server's resource: `slug+sample://greeting/{name}`. A slug has
 * no `+`, so the first one separates, always, and what a template expands to is exposed by that alone.
 */
export function exposedUri(slug: string, uri: string): string {
  if (!UI.test(uri)) return `${slug}+${uri}`;
  return `${uri.slice(0, UI_LENGTH)}${slug}/${uri.slice(UI_LENGTH)}`;
}

/** The exact inverse of {@link exposedUri}; undefined when the hub would not have given this URI. */
export function ownUri(exposed: string): { readonly slug: string; readonly uri: string } | undefined {
  const from = UI.test(exposed) ? UI_LENGTH : 0;
  const end = exposed.indexOf(from === 0 ? '+' : '/', from);
  const slug = exposed.slice(from, Math.max(from, end));
  const uri = exposed.slice(0, from) + exposed.slice(end + 1);
  if (!slugSchema.safeParse(slug).success || !isUri(uri)) return undefined;
  return exposedUri(slug, uri) === exposed ? { slug, uri } : undefined;
}
