/** When a schedule fires, in UTC. */
export interface ScheduleTimes {
  /** The first time after the given one, epoch milliseconds; `undefined` when there is none left. */
  next(afterMs: number): number | undefined;
}
