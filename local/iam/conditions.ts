import type { PolicyStatement } from '../template/stack-model.ts';
import { isSuppliedKey, type RequestContext } from './request-context.ts';
import { UnsupportedPolicyError } from './unsupported-policy-error.ts';
import { matchesArn, matchesWildcard } from './wildcard.ts';

type ConditionBlock = NonNullable<PolicyStatement['Condition']>;
type Compare = (actual: string, expected: string) => boolean;

/**
 * Whether every condition of a statement holds: all operators, all keys, any of a key's values.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
 */
export function conditionHolds(block: ConditionBlock, context: RequestContext): boolean {
  return tests(block).every(({ operator, key, expected }) => {
    const values = context.get(key.toLowerCase());
    return operator.name === 'Null'
      ? expected.every((absent) => (absent.toLowerCase() === 'true') === (values === undefined))
      : holds(operator, key, expected, values);
  });
}

/** Throws when the block holds an operator, a key or a policy variable that is not evaluated locally. */
export function assertConditionSupported(block: ConditionBlock, context: RequestContext = new Map()): void {
  for (const { key, expected } of tests(block)) {
    if (!isSuppliedKey(key) && !context.has(key.toLowerCase())) {
      throw new UnsupportedPolicyError(`condition key ${key} has no value locally`);
    }
    for (const value of expected) {
      assertNoVariable(value);
    }
  }
}

export function assertNoVariable(value: string): void {
  if (value.includes('${')) {
    throw new UnsupportedPolicyError(`policy variables are not evaluated locally: ${value}`);
  }
}

interface Operator {
  readonly name: string;
  readonly compare: Compare;
  readonly negated: boolean;
  readonly ifExists: boolean;
  readonly quantifier: 'ForAllValues' | 'ForAnyValue' | undefined;
}

function tests(block: ConditionBlock): { operator: Operator; key: string; expected: readonly string[] }[] {
  return Object.entries(block).flatMap(([name, keys]) => {
    const operator = parseOperator(name);
    return Object.entries(keys).map(([key, value]) => ({
      operator,
      key,
      expected: (Array.isArray(value) ? value : [value]).map(String),
    }));
  });
}

function parseOperator(text: string): Operator {
  const [, quantifier, name = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(text) ?? [];
  const base = name.replace(/Not(Equals|Like)/, '$1');
  const compare = Object.hasOwn(COMPARISONS, base) ? COMPARISONS[base] : undefined;
  if (compare === undefined) {
    throw new UnsupportedPolicyError(`condition operator ${text} is not evaluated locally`);
  }
  return {
    name,
    compare,
    negated: base !== name,
    ifExists: ifExists !== undefined,
    quantifier: quantifier === 'ForAllValues' || quantifier === 'ForAnyValue' ? quantifier : undefined,
  };
}

function holds(
  { compare, negated, ifExists, quantifier }: Operator,
  key: string,
  expected: readonly string[],
  values: readonly string[] | undefined,
): boolean {
  const matches = (actual: string): boolean => expected.some((value) => compare(actual, value)) !== negated;
  if (quantifier === 'ForAllValues') {
    // Vacuously true for an absent key: why such a condition needs a Null guard beside it.
    return (values ?? []).every(matches);
  }
  if (values === undefined) {
    return ifExists || (negated && quantifier === undefined);
  }
  if (quantifier === undefined && values.length > 1) {
    throw new UnsupportedPolicyError(`condition key ${key} has several values: use ForAllValues or ForAnyValue`);
  }
  return values.some(matches);
}

const numeric =
  (compare: (actual: number, expected: number) => boolean): Compare =>
  (actual, expected) =>
    compare(Number(actual), Number(expected));

const COMPARISONS: Readonly<Record<string, Compare>> = {
  StringEquals: (actual, expected) => actual === expected,
  StringEqualsIgnoreCase: (actual, expected) => actual.toLowerCase() === expected.toLowerCase(),
  StringLike: (actual, expected) => matchesWildcard(expected, actual),
  ArnEquals: (actual, expected) => matchesArn(expected, actual),
  ArnLike: (actual, expected) => matchesArn(expected, actual),
  Bool: (actual, expected) => actual.toLowerCase() === expected.toLowerCase(),
  Null: () => false,
  NumericEquals: numeric((actual, expected) => actual === expected),
  NumericLessThan: numeric((actual, expected) => actual < expected),
  NumericLessThanEquals: numeric((actual, expected) => actual <= expected),
  NumericGreaterThan: numeric((actual, expected) => actual > expected),
  NumericGreaterThanEquals: numeric((actual, expected) => actual >= expected),
};
