import type { Chance } from './chance.ts';

interface Event {
  readonly at: number;
  /** Events of the same moment come in any order. */
  readonly order: number;
  readonly happen: () => void;
}

export interface VirtualTime {
  readonly now: () => number;
  /** Whatever waits for the time to come. */
  readonly pending: () => number;
  readonly schedule: (milliseconds: number, happen: () => void) => void;
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Lets one thing after the other happen, and all that follows at once from it, until a moment or an end. */
  readonly run: (until: number, isOver: () => boolean) => Promise<void>;
}

/** Time that only passes when nothing else can happen. */
export function createVirtualTime(startsAt: number, chance: Chance): VirtualTime {
  let now = startsAt;
  const events = new Set<Event>();

  function schedule(milliseconds: number, happen: () => void): void {
    events.add({ at: now + Math.max(0, milliseconds), order: chance.next(), happen });
  }

  function takeNext(): Event | undefined {
    let next: Event | undefined;
    for (const event of events) {
      if (next === undefined || event.at < next.at || (event.at === next.at && event.order < next.order)) next = event;
    }
    if (next !== undefined) events.delete(next);
    return next;
  }

  return {
    now: () => now,
    pending: () => events.size,
    schedule,
    pause: (milliseconds) => new Promise((resolve) => schedule(milliseconds, resolve)),
    async run(until, isOver) {
      while (!isOver()) {
        const event = takeNext();
        if (event === undefined) return;
        if (event.at > until) {
          events.add(event);
          return;
        }
        now = event.at;
        event.happen();
        // All promises that can settle do so before the next event.
        await new Promise(setImmediate);
      }
    },
  };
}
