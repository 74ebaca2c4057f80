/** A whole HTTP response; header names as they go over the wire, repeated where a header has several values. */
export interface Answer {
  readonly statusCode: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer | string;
}
