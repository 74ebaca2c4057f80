import * as z from 'zod/mini';
import type { JsonObject } from '../json.ts';
import type { Parameter } from './tool-parameters.ts';

interface Described {
  readonly description: string;
}

export interface TextRules extends Described {
  readonly minLength?: number;
  readonly maxLength?: number;
  /** With what it means in words. */
  readonly pattern?: readonly [RegExp, meaning: string];
  /** Beyond what JSON Schema can say, so the description says it. */
  readonly maxWords?: number;
}

/** Lone halves of a surrogate pair are no text that could be encoded for an address. */
export function text({ description, minLength, maxLength, pattern, maxWords }: TextRules): Parameter<string> {
  const check = () =>
    z.string().check(
      z.refine<string>((value) => value.isWellFormed()),
      ...(minLength === undefined ? [] : [z.minLength(minLength)]),
      ...(maxLength === undefined ? [] : [z.maxLength(maxLength)]),
      ...(pattern === undefined ? [] : [z.regex(pattern[0])]),
      ...(maxWords === undefined ? [] : [z.refine<string>((value) => wordsIn(value) <= maxWords)]),
    );
  const told = {
    type: 'string',
    ...(minLength !== undefined && { minLength }),
    ...(maxLength !== undefined && { maxLength }),
    ...(pattern && { pattern: pattern[0].source }),
    description,
  };
  const words = maxWords === undefined ? '' : ` and at most ${maxWords} words`;
  return { told, check, rule: `${pattern?.[1] ?? 'well-formed text'}${lengthRule(minLength, maxLength)}${words}` };
}

function lengthRule(minimum: number | undefined, maximum: number | undefined): string {
  if (maximum !== undefined) return ` of ${minimum ?? 0} to ${maximum} characters`;
  return minimum === undefined ? '' : ` of at least ${minimum} character${minimum === 1 ? '' : 's'}`;
}

export function choice<const T extends string>(
  values: readonly T[],
  { description, ...rest }: Described & Default<NoInfer<T>>,
): Parameter<T> {
  return {
    told: { type: 'string', enum: values, ...rest, description },
    check: () => z.enum(values),
    rule: `one of ${values.join(', ')}`,
  };
}

interface Default<T> {
  /** What the API takes when nothing is given; it is not sent. */
  readonly default?: T;
}

interface NumberRules extends Described, Default<number> {
  readonly minimum: number;
  readonly maximum?: number;
}

export function wholeNumber(rules: NumberRules): Parameter<number> {
  return numeric('integer', z.int, rules, 'a whole number');
}

export function decimal(rules: NumberRules): Parameter<number> {
  return numeric('number', z.number, rules, 'a number');
}

export function flag({ description, ...rest }: Described & Default<boolean>): Parameter<boolean> {
  return { told: { type: 'boolean', ...rest, description }, check: () => z.boolean(), rule: 'true or false' };
}

interface ListRules extends Described {
  readonly minItems: number;
  readonly maxItems?: number;
}

export function list<T>(item: Parameter<T>, { description, minItems, maxItems }: ListRules): Parameter<T[]> {
  const size = maxItems === undefined ? `at least ${minItems}` : `${minItems} to ${maxItems}`;
  const check = () =>
    z.array(item.check()).check(z.minLength(minItems), ...(maxItems === undefined ? [] : [z.maxLength(maxItems)]));
  const told = { type: 'array', items: item.told, minItems, ...(maxItems !== undefined && { maxItems }), description };
  return { told, check, rule: `a list of ${size} items, each ${item.rule}` };
}

export function oneOrMore(item: Parameter, { description }: Described): Parameter {
  const several = { type: 'array', items: item.told, minItems: 1 };
  const check = () => z.union([item.check(), z.array(item.check()).check(z.minLength(1))]);
  return { told: { anyOf: [item.told, several], description }, check, rule: `${item.rule}, or a list of such` };
}

function numeric(
  type: 'integer' | 'number',
  base: () => z.ZodMiniNumber<number>,
  { minimum, maximum, default: taken, description }: NumberRules,
  kind: string,
): Parameter<number> {
  const told: JsonObject = {
    type,
    minimum,
    ...(maximum !== undefined && { maximum }),
    ...(taken !== undefined && { default: taken }),
    description,
  };
  const check = () => base().check(z.minimum(minimum), ...(maximum === undefined ? [] : [z.maximum(maximum)]));
  const range = maximum === undefined ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
  return { told, check, rule: `${kind} ${range}` };
}

function wordsIn(value: string): number {
  return value.split(/\s+/).filter((word) => word !== '').length;
}
