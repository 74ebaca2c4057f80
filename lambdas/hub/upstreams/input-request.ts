import type { JsonObject } from '../json.ts';

/** Something the server asks the caller for before it goes on. */
export interface InputRequest {
  readonly method: 'elicitation/create' | 'sampling/createMessage' | 'roots/list';
  readonly params: JsonObject;
}
