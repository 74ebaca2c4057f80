import type { JsonObject } from '../../../hub/json.ts';
import type { Action } from '../../../hub/system/playwright/step.ts';
import type { Artifact } from './step-outcome.ts';

/** What became of one step. */
export interface DoneStep {
  readonly action: Action;
  readonly facts: JsonObject;
  readonly artifact?: Artifact | undefined;
  /** Why it failed, in words of the browser or of the page; untrusted. */
  readonly failure?: string;
}
