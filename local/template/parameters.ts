import type { Template } from './cloud-assembly.ts';

/** Looks a template parameter up as `Ref` does: the given value, else its default. */
export function createParameters(
  declared: Template['Parameters'],
  given: Readonly<Record<string, string>>,
): { has(name: string): boolean; value(name: string): string | readonly string[] } {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(declared, name)) {
      throw new Error(`the template has no parameter ${name}; it has: ${Object.keys(declared).join(', ') || 'none'}`);
    }
  }

  return {
    has: (name) => Object.hasOwn(declared, name),
    value(name) {
      const parameter = declared[name];
      if (parameter === undefined) {
        throw new Error(`the template has no parameter ${name}`);
      }
      const value = given[name] ?? parameter.Default;
      if (value === undefined) {
        throw new Error(`parameter ${name} has no default: give it a value`);
      }
      if (parameter.AllowedValues !== undefined && !parameter.AllowedValues.map(String).includes(String(value))) {
        throw new Error(`parameter ${name} must be one of: ${parameter.AllowedValues.join(', ')}`);
      }
      return typed(name, parameter.Type, String(value));
    },
  };
}

function typed(name: string, type: string, value: string): string | readonly string[] {
  switch (type) {
    case 'String':
    case 'Number':
      return value;
    case 'CommaDelimitedList':
      return value.split(',').map((item) => item.trim());
    default:
      throw new Error(`parameter ${name} has type ${type}, whose value exists only in an AWS account`);
  }
}
