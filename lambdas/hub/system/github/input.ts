import * as z from 'zod/mini';
import type { Json, JsonObject } from '../../json.ts';
import { checkArguments, inputSchema as schemaOf, type Parameter } from '../tool-parameters.ts';

/** An argument that may be left out. */
interface Optional<T> extends Parameter<T> {
  readonly isOptional: true;
  /** Taken then, and told to models. */
  readonly fallback?: Json;
}

export type Fields = Readonly<Record<string, Parameter<Json | undefined> | Optional<Json | undefined>>>;
export type Args<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends Parameter<infer T extends Json | undefined> ? T : never;
};

export function optional<T>(parameter: Parameter<T>): Optional<T | undefined> {
  return { ...parameter, check: () => z.optional(parameter.check()), isOptional: true };
}

export function withDefault<T extends Json>(parameter: Parameter<T>, fallback: NoInfer<T>): Optional<T> {
  return { ...parameter, told: { ...parameter.told, default: fallback }, isOptional: true, fallback };
}

export function inputSchema(fields: Fields): JsonObject {
  return schemaOf({ parameters: fields, required: requiredOf(fields) });
}

/** The arguments with what is taken for those that were left out; throws `ToolInputError` where they do not fit. */
export function parseInput<F extends Fields>(fields: F, args: JsonObject): Args<F> {
  checkArguments({ parameters: fields, required: requiredOf(fields) }, args);
  const taken = Object.entries(fields).flatMap(([name, field]) =>
    'fallback' in field && field.fallback !== undefined ? [[name, field.fallback] as const] : [],
  );
  // They were just checked by the very fields that the type is made of.
  return { ...Object.fromEntries(taken), ...args } as Args<F>;
}

function requiredOf(fields: Fields): readonly string[] {
  return Object.entries(fields).flatMap(([name, field]) => ('isOptional' in field ? [] : [name]));
}
