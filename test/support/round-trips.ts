/** Number of steps that had to wait for another: calls that overlap in time are one. */
export function roundTrips(calls: readonly { readonly startedAt: number; readonly endedAt: number }[]): number {
  let trips = 0;
  let open = Number.NEGATIVE_INFINITY;
  for (const { startedAt, endedAt } of [...calls].sort((a, b) => a.startedAt - b.startedAt)) {
    if (startedAt >= open) trips += 1;
    open = Math.max(open, endedAt);
  }
  return trips;
}
