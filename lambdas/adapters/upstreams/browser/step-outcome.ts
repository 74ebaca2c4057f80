import type { JsonObject } from '../../../hub/json.ts';

/** A picture or a document. */
export interface Artifact {
  readonly mimeType: string;
  readonly bytes: Buffer;
}

/** What a step found, and what is shown of it beside the facts. */
export interface StepOutcome {
  readonly facts: JsonObject;
  readonly artifact?: Artifact;
}
