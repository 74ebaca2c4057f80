import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Definition } from '../upstreams/upstream.ts';

/** SHA-256 over the canonical form (RFC 8785) of the whole definition: key order does not matter, every value does. */
export function definitionHash(definition: Definition): string {
  const canonical = canonicalize(definition);
  if (canonical === undefined) throw new Error('a definition is a JSON object');
  return createHash('sha256').update(canonical).digest('base64url');
}
