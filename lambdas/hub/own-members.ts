import * as z from 'zod/mini';

/**
 * A record by its schema. Schemas drop a member called `__proto__` in silence; what a caller sent is refused instead of
 * being lost.
 */
export function ownMembers<S extends z.core.$ZodType>(record: S) {
  const isWhole = z.custom<unknown>(
    (value) => typeof value !== 'object' || value === null || !Object.hasOwn(value, '__proto__'),
    'no member can be called "__proto__"',
  );
  return z.pipe(isWhole, record);
}
