import * as z from 'zod/mini';
import type { TakenUnit } from '../../hub/limits/rate-limiter.ts';

/**
 * The line of calls that a limit holds. All times are whole microseconds since the epoch. `tat` is the theoretical arrival
 * time of the next call, `earliest` the time from which one is allowed. What both advance by stands in the item, for an
 * update cannot compute it.
 */
export const lineSchema = z.object({
  tat: z.number(),
  earliest: z.number(),
  perMinute: z.number(),
  interval: z.number(),
  /** When the line began; a line that was empty begins anew, and nothing is left of what was taken before. */
  startedAt: z._default(z.number(), 0),
  /** The line ends as if each of its calls had come at this time: `tat` less their intervals. */
  countsFrom: z._default(z.number(), 0),
  /** How much of it was given back. */
  givenBack: z._default(z.number(), 0),
  /** How the server's last calls went, over which connection; absent until one failed. */
  circuit: z.optional(z.object({ connection: z.string(), failures: z.number(), openUntil: z.number() })),
});
export type Line = z.infer<typeof lineSchema>;

export function unitOf({ interval, tat, startedAt, countsFrom, givenBack }: Line): TakenUnit {
  return { interval, end: tat, startedAt, countsFrom, givenBack };
}

/**
 * How much shorter a line may get when a call that was taken is not made; then none is admitted that would not have been if
 * that call had never come. While it stood in line others joined behind it, who without it would perhaps have found the line
 * empty, and started one that ends later. There are two bounds on that, and either one holds:
 *
 * - What ends before now has come back by itself. What was given back since may all have stood before the call.
 * - The calls of the line have all come by now. If it counts from now on, it ends no earlier than they could make it.
 */
export function returnable(unit: TakenUnit, line: Pick<Line, 'countsFrom' | 'givenBack'>, now: number): number {
  const left = unit.end - (line.givenBack - unit.givenBack) - now;
  const uncounted = Math.max(0, now - line.countsFrom);
  return Math.max(Math.min(unit.interval, left), unit.interval - uncounted);
}
