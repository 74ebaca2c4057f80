import { earlier } from '../deadline.ts';
import type { UpstreamContext } from '../upstreams/upstream.ts';

/** Kept back for storing what a server answered, so that a slow discovery still becomes a catalog or a clear error. */
const STORING_MS = 6_000;

/** The context of a request for asking a server what it has. */
export function discoveryContext({ deadline, via }: UpstreamContext, now: number): UpstreamContext {
  return { deadline: earlier(deadline, STORING_MS, now), via };
}
