import diff from 'microdiff';
import type { Json } from '../json.ts';
import type { Definition } from '../upstreams/upstream.ts';

export interface DefinitionChange {
  /** JSON Pointer (RFC 6901) into the definition. */
  readonly path: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly before?: unknown;
  readonly after?: unknown;
}

const CHANGE = { CREATE: 'added', REMOVE: 'removed', CHANGE: 'changed' } as const;

/**
 * Every difference between two definitions; undefined when their paths alone are longer than `maxPathLength` characters.
 * A few bytes of definition make megabytes of paths, when a long key has many members, so they are measured before they
 * are written out.
 */
export function definitionDiff(
  before: Definition,
  after: Definition,
  maxPathLength: number,
): DefinitionChange[] | undefined {
  const differences = diff(withoutPrototype(before), withoutPrototype(after), { cyclesFix: false });
  const pathLength = differences.reduce(
    (sum, { path }) => path.reduce<number>((length, segment) => length + String(segment).length + 1, sum),
    0,
  );
  if (pathLength > maxPathLength) return undefined;
  return differences.map((difference) => ({
    path: difference.path.map((segment) => `/${pointerSegment(segment)}`).join(''),
    change: CHANGE[difference.type],
    ...(difference.type === 'CREATE' ? {} : { before: difference.oldValue as Json }),
    ...(difference.type === 'REMOVE' ? {} : { after: difference.value as Json }),
  }));
}

/** The same without inherited members, for the differ asks `in`: an added member called `toString` is an addition. */
function withoutPrototype(value: object): Record<string, unknown> {
  const members = Object.entries(value as Readonly<Record<string, unknown>>).map(
    ([key, member]) => [key, bare(member)] as const,
  );
  return Object.assign(Object.create(null) as Record<string, unknown>, Object.fromEntries(members));
}

function bare(value: unknown): unknown {
  if (Array.isArray(value)) return (value as unknown[]).map(bare);
  return typeof value === 'object' && value !== null ? withoutPrototype(value) : value;
}

/** RFC 6901 section 3. */
function pointerSegment(segment: string | number): string {
  return String(segment).replaceAll('~', '~0').replaceAll('/', '~1');
}
