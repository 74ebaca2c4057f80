import * as z from 'zod/mini';
import { HubError } from '../hub-error.ts';

const keySchema = z.string().check(z.regex(/^[\x21-\x7e]{1,255}$/, 'at most 255 visible characters'));

/**
 * Out of the lines of the header `Idempotency-Key`: a string in quotes, as draft-ietf-httpapi-idempotency-key-header has it,
 * or as it stands. Of several no one is guessed.
 */
export function idempotencyKeyOf(lines: readonly string[]): string | undefined {
  if (lines.length === 0) return undefined;
  const key = lines.length === 1 ? keySchema.safeParse(unquoted(lines[0] ?? '')).data : undefined;
  if (key !== undefined) return key;
  throw new HubError('invalid_request', 'send one Idempotency-Key of at most 255 visible characters');
}

function unquoted(value: string): string {
  return /^"(.*)"$/.exec(value.trim())?.[1] ?? value.trim();
}
