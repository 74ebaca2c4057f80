import { createHash } from 'node:crypto';

/** Model providers cap tool names here. */
const MAX_LENGTH = 64;
const HASH_LENGTH = 8;

/**
 * The name under which the hub shows a server's tool: `slug_tool`. Where the tool's own name is too long or has
 * characters that model providers refuse, a hash of the full name replaces what is lost, never a blind cut. A tool that is
 * called like another one's name with its hash is a duplicate, and the catalog refuses it as such.
 */
export function exposedName(slug: string, toolName: string): string {
  const plain = `${slug}_${toolName}`;
  const portable = plain.replace(/[^A-Za-z0-9_-]/g, '_');
  if (portable === plain && plain.length <= MAX_LENGTH) return plain;
  const hash = createHash('sha256').update(plain).digest('hex').slice(0, HASH_LENGTH);
  return `${portable.slice(0, MAX_LENGTH - HASH_LENGTH - 1)}-${hash}`;
}

/** The slug in an exposed name: what stands before the first underscore. Undefined when nothing can be meant. */
export function slugOf(exposed: string): string | undefined {
  const end = exposed.indexOf('_');
  return end > 0 && exposed.length <= MAX_LENGTH ? exposed.slice(0, end) : undefined;
}
