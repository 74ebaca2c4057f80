import type { Template } from './cloud-assembly.ts';
import type { createParameters } from './parameters.ts';

export interface Resolver {
  /** Replaces every intrinsic function in a template value. `at` names the place in error messages. */
  resolve(value: unknown, at: string): unknown;
  condition(name: string): boolean;
}

export interface ResolverInput {
  readonly mappings: Template['Mappings'];
  readonly conditions: Template['Conditions'];
  readonly parameters: ReturnType<typeof createParameters>;
  /** `AWS::Region` and the like. */
  readonly pseudoParameters: Readonly<Record<string, string>>;
  /** `Ref` and `Fn::GetAtt` of resources. */
  readonly resources: { ref(logicalId: string): string; attribute(logicalId: string, name: string): string };
}

type Intrinsic = (argument: unknown, at: string) => unknown;

/** Stands for `AWS::NoValue`: the property or element that has it is left out. */
const NO_VALUE = Symbol('AWS::NoValue');

/** Evaluates CloudFormation's intrinsic functions lazily; conditions are evaluated once. */
export function createResolver({
  mappings,
  conditions,
  parameters,
  pseudoParameters,
  resources,
}: ResolverInput): Resolver {
  const known = new Map<string, boolean | 'evaluating'>();

  const condition = (name: string): boolean => {
    const earlier = known.get(name);
    if (earlier === 'evaluating') {
      throw new Error(`condition ${name} depends on itself`);
    }
    if (earlier !== undefined) {
      return earlier;
    }
    if (!Object.hasOwn(conditions, name)) {
      throw new Error(`the template has no condition ${name}`);
    }
    known.set(name, 'evaluating');
    const value = truth(evaluate(conditions[name], `Conditions.${name}`), `Conditions.${name}`);
    known.set(name, value);
    return value;
  };

  const ref = (name: string): unknown => {
    if (name === 'AWS::NoValue') {
      return NO_VALUE;
    }
    if (name.startsWith('AWS::')) {
      return pseudoParameter(name, pseudoParameters);
    }
    return parameters.has(name) ? parameters.value(name) : resources.ref(name);
  };

  const substitute = (template: string, variables: Readonly<Record<string, unknown>>, at: string): string =>
    template.replace(/\$\{([^}]*)\}/g, (_, name: string) => {
      if (name.startsWith('!')) {
        return `\${${name.slice(1)}}`;
      }
      if (Object.hasOwn(variables, name)) {
        return text(evaluate(variables[name], at), at);
      }
      const dot = name.indexOf('.');
      return text(dot < 0 ? ref(name) : resources.attribute(name.slice(0, dot), name.slice(dot + 1)), at);
    });

  const functions: Readonly<Record<string, Intrinsic>> = {
    Ref: (argument, at) => ref(text(argument, at)),
    Condition: (argument, at) => condition(text(argument, at)),
    'Fn::GetAtt': (argument, at) => {
      const parts = typeof argument === 'string' ? argument.split('.') : texts(argument, at);
      const [logicalId = '', ...attribute] = parts;
      return resources.attribute(logicalId, attribute.join('.'));
    },
    'Fn::Join': (argument, at) => {
      const [separator, items] = pair(argument, at);
      return texts(evaluate(items, at), at).join(text(separator, at));
    },
    'Fn::Sub': (argument, at) => {
      const [template, variables] = typeof argument === 'string' ? [argument, {}] : pair(argument, at);
      return substitute(text(template, at), object(variables, at), at);
    },
    'Fn::Select': (argument, at) => {
      const [index, items] = pair(argument, at);
      const chosen = list(evaluate(items, at), at)[Number(evaluate(index, at))];
      return chosen ?? fail(at, 'Fn::Select has no such element');
    },
    'Fn::Split': (argument, at) => {
      const [separator, source] = pair(argument, at);
      return text(evaluate(source, at), at).split(text(separator, at));
    },
    'Fn::FindInMap': (argument, at) => {
      const [map = '', first = '', second = ''] = texts(evaluate(argument, at), at);
      return mappings[map]?.[first]?.[second] ?? fail(at, `mapping ${map} has no value for ${first}, ${second}`);
    },
    'Fn::If': (argument, at) => {
      const [name, whenTrue, whenFalse] = list(argument, at);
      return evaluate(condition(text(name, at)) ? whenTrue : whenFalse, at);
    },
    'Fn::Equals': (argument, at) => {
      const [left, right] = pair(evaluate(argument, at), at);
      return String(left) === String(right);
    },
    'Fn::And': (argument, at) => list(argument, at).every((item) => truth(evaluate(item, at), at)),
    'Fn::Or': (argument, at) => list(argument, at).some((item) => truth(evaluate(item, at), at)),
    'Fn::Not': (argument, at) => list(argument, at).every((item) => !truth(evaluate(item, at), at)),
  };

  const evaluate = (value: unknown, at: string): unknown => {
    if (Array.isArray(value)) {
      return value.map((item, index) => evaluate(item, `${at}[${index}]`)).filter((item) => item !== NO_VALUE);
    }
    if (typeof value !== 'object' || value === null) {
      return value;
    }
    const entries = Object.entries(value as Readonly<Record<string, unknown>>);
    const [only] = entries;
    if (entries.length === 1 && only !== undefined && isIntrinsic(...only)) {
      const [name, argument] = only;
      const intrinsic = functions[name] ?? fail(at, `${name} is not supported by the local runtime`);
      return intrinsic(argument, at);
    }
    return Object.fromEntries(
      entries.map(([key, item]) => [key, evaluate(item, `${at}.${key}`)]).filter(([, item]) => item !== NO_VALUE),
    );
  };

  return {
    condition,
    resolve(value, at) {
      const resolved = evaluate(value, at);
      return resolved === NO_VALUE ? undefined : resolved;
    },
  };
}

function pseudoParameter(name: string, values: Readonly<Record<string, string>>): string {
  return values[name] ?? fail(name, 'is a pseudo parameter that has no value locally');
}

// IAM policies have a `Condition` element too, but its value is an object; a condition reference is a string.
const isIntrinsic = (key: string, argument: unknown): boolean =>
  key === 'Ref' || key.startsWith('Fn::') || (key === 'Condition' && typeof argument === 'string');

const fail = (at: string, problem: string): never => {
  throw new Error(`${at}: ${problem}`);
};

const text = (value: unknown, at: string): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : fail(at, 'expected a string');

const list = (value: unknown, at: string): readonly unknown[] =>
  Array.isArray(value) ? value : fail(at, 'expected a list');

const texts = (value: unknown, at: string): string[] => list(value, at).map((item) => text(item, at));

const pair = (value: unknown, at: string): readonly [unknown, unknown] => {
  const [first, second, ...rest] = list(value, at);
  return rest.length === 0 ? [first, second] : fail(at, 'expected a list of two');
};

const object = (value: unknown, at: string): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : fail(at, 'expected an object');

const truth = (value: unknown, at: string): boolean =>
  typeof value === 'boolean' ? value : fail(at, 'expected a condition');
