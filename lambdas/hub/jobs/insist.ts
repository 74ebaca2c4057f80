import { HubError } from '../hub-error.ts';

const TRIES = 4;
const BASE_MS = 200;

export interface Patience {
  /** Resolves after so many milliseconds, or rejects when the signal aborts. */
  readonly pause: (milliseconds: number, signal?: AbortSignal) => Promise<unknown>;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** Repeats what can be repeated without harm, while its store cannot be reached or its answer was lost. */
export async function insist<T>(operation: () => Promise<T>, { pause, random }: Patience): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await operation();
    } catch (error) {
      if (!(error instanceof HubError) || error.code !== 'unavailable' || tries === TRIES) throw error;
    }
    await pause(random() * BASE_MS * 2 ** tries);
  }
}
