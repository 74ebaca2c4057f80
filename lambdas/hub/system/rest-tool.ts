import type { JsonObject } from '../json.ts';
import type { SystemServer, SystemTool } from './system-server.ts';

/** One request of an API over HTTP, relative to the server's URL. */
export interface RestRequest {
  readonly method: 'GET' | 'POST';
  /** Its parts are encoded. */
  readonly path: string;
  /** In this order; a name may come twice. */
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: JsonObject;
}

/** A tool that is one request of an API: everything but the sending, which is the adapter's. Pure. */
export interface RestTool extends SystemTool {
  /** What the API counts the request against, where a credential has several: each has limits of its own. */
  readonly plan?: string;
  /** Throws `ToolInputError` where the arguments do not fit the input schema. */
  request(args: JsonObject): RestRequest;
  /** The tool's result: structured, and as text for models that read no other. */
  present(answer: JsonObject, args: JsonObject): { readonly text: string; readonly structured: JsonObject };
}

/** What an API says of a request that it does not fulfil. */
export interface ApiRefusal {
  /** Whose trouble it is: of who called the tool, of the credential, or of the account that pays. */
  readonly about: 'request' | 'credential' | 'quota';
  /** In the API's words, untrusted. */
  readonly text: string;
}

/** A system server that is an API over HTTP. */
export interface RestServer extends SystemServer {
  readonly adapter: 'rest';
  readonly tools: readonly RestTool[];
  /** Reads the API's error; undefined where it is none that says anything. */
  explain(body: JsonObject): ApiRefusal | undefined;
}

/** One that says `rest` is one. */
export function isRestServer(server: SystemServer): server is RestServer {
  return server.adapter === 'rest' && 'explain' in server;
}

/** The caller's arguments do not fit; the message says how. It is an error result of the tool, for the model to mend. */
export class ToolInputError extends Error {
  override readonly name = 'ToolInputError' as const;
}
