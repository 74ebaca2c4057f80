import type { Deadline } from '../../hub/deadline.ts';
import type { UpstreamContext } from '../../hub/upstreams/upstream.ts';

/** An API says nothing before its answer, so that the longest silence is the longest call. */
export function untilSilent({ deadline, silenceMs }: UpstreamContext, now: number): Deadline {
  if (silenceMs === undefined || now + silenceMs >= deadline.at) return deadline;
  return { at: now + silenceMs, signal: AbortSignal.any([deadline.signal, AbortSignal.timeout(silenceMs)]) };
}
