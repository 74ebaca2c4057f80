import type { DoneStep } from './done-step.ts';

export interface ResultBudget {
  /** The step as the result has room for it. */
  fitted(step: DoneStep): DoneStep;
}

const LEFT_OUT = 'done, but what it found does not fit the result any more; ask for less in one call';

/** Counts down for one result, in bytes as JSON. What takes effect has done so, whether or not its facts fit. */
export function createResultBudget(bytes: number): ResultBudget {
  let left = bytes;
  return {
    fitted(step) {
      const size = sizeOf(step);
      if (size > left) return { ...step, facts: { leftOut: LEFT_OUT }, artifact: undefined };
      left -= size;
      return step;
    },
  };
}

/** The facts are told twice: as they are, and as words in a text. */
function sizeOf({ facts, artifact }: DoneStep): number {
  const json = JSON.stringify(facts);
  const encoded = Math.ceil((artifact?.bytes.byteLength ?? 0) / 3) * 4;
  return Buffer.byteLength(json) + Buffer.byteLength(JSON.stringify(json)) + encoded;
}
