/**
 * A limit of calls per minute in the terms of the generic cell rate algorithm, in whole microseconds: calls are `interval`
 * apart when evenly spread, and may come up to `tolerance` early.
 */
export interface CellRate {
  readonly interval: number;
  readonly tolerance: number;
}

const MINUTE = 60_000_000;

/** Rounded up, so that a minute never holds more than the limit. */
export function cellRate(perMinute: number): CellRate {
  const interval = Math.ceil(MINUTE / perMinute);
  return { interval, tolerance: interval * (perMinute - 1) };
}
