/** Below it nobody minds waiting, and nothing is worth a write. */
const WORTH_KNOWING_MS = 10_000;

/**
 * What to expect of a tool from now on, after a call took so long; undefined where the estimate was right, within a factor
 * of two, or where the tool was expected to be quick and was. Up at once, because waiting in vain is the worse mistake, and
 * down by halves on a logarithmic scale.
 */
export function learnDuration(estimateMs: number, tookMs: number): number | undefined {
  if (Math.max(estimateMs, tookMs) < WORTH_KNOWING_MS) return undefined;
  if (tookMs >= 2 * estimateMs) return Math.round(tookMs);
  if (tookMs <= estimateMs / 2) return Math.round(Math.sqrt(estimateMs * Math.max(1, tookMs)));
  return undefined;
}
