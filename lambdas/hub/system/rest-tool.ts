import type { JsonObject } from '../json.ts';
import type { SystemTool } from './system-server.ts';

/** One request of an API over HTTP, relative to the server's URL. */
export interface RestRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** In this order; a name may come twice. */
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: JsonObject;
}

/** A tool that is one request of an API: everything but the sending, which is the adapter's. Pure. */
export interface RestTool extends SystemTool {
  /** Throws `ToolInputError` where the arguments do not fit the input schema. */
  request(args: JsonObject): RestRequest;
  /** The tool's result: structured, and as text for models that read no other. */
  present(answer: unknown, args: JsonObject): { readonly text: string; readonly structured: JsonObject };
}

/** The caller's arguments do not fit; the message says how. It is an error result of the tool, for the model to mend. */
export class ToolInputError extends Error {
  override readonly name = 'ToolInputError' as const;
}
