import type * as z from 'zod';
import type { Template, TemplateResource } from './cloud-assembly.ts';
import { createResolver } from './intrinsics.ts';
import { createParameters } from './parameters.ts';
import type { ResourceContext, ResourceDefinition, ResourceDefinitions } from './resource-definition.ts';

/** Where the stack pretends to be deployed, and the ids that its resources keep. */
export interface StackIdentity {
  readonly region: string;
  readonly accountId: string;
  /** Physical id by logical id; `AWS::StackId` has the stack's own. */
  readonly ids: Readonly<Record<string, string>>;
}

export interface TemplateReader {
  readonly region: string;
  readonly accountId: string;
  /** Resources of a type whose condition holds. */
  logicalIds(type: string): readonly string[];
  /** Parsed properties, every intrinsic resolved. Throws on anything that is not understood. */
  properties<P>(logicalId: string, definition: ResourceDefinition<P>): P;
  ref(logicalId: string): string;
  attribute(logicalId: string, name: string): string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Throws when the template holds a resource type or a property that `definitions` does not list. */
export function createTemplateReader(input: {
  readonly stackName: string;
  readonly template: Template;
  readonly definitions: ResourceDefinitions;
  readonly parameters: Readonly<Record<string, string>>;
  readonly identity: StackIdentity;
}): TemplateReader {
  const { stackName, template, definitions, identity } = input;
  const { region, accountId, ids } = identity;
  const physicalId = (id: string): string => ids[id] ?? fail(`${id} has no physical id in the state file`);

  const resolver = createResolver({
    mappings: template.Mappings,
    conditions: template.Conditions,
    parameters: createParameters(template.Parameters, input.parameters),
    pseudoParameters: {
      'AWS::Region': region,
      'AWS::AccountId': accountId,
      'AWS::StackName': stackName,
      'AWS::StackId': physicalId('AWS::StackId'),
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
    },
    resources: {
      ref: (logicalId) => reader.ref(logicalId),
      attribute: (logicalId, name) => reader.attribute(logicalId, name),
    },
  });

  const isActive = (resource: TemplateResource): boolean =>
    resource.Condition === undefined || resolver.condition(resource.Condition);

  const find = (logicalId: string): TemplateResource => {
    const resource = template.Resources[logicalId] ?? fail(`${logicalId} is referenced but not in the template`);
    return isActive(resource) ? resource : fail(`${logicalId} is referenced but its condition does not hold`);
  };

  const definitionOf = (logicalId: string): ResourceDefinition => {
    const { Type } = find(logicalId);
    return definitions[Type] ?? fail(unknownType(logicalId, Type));
  };

  const contextOf = (logicalId: string): ResourceContext => ({
    logicalId,
    region,
    accountId,
    physicalId: () => physicalId(logicalId),
    text(property) {
      const value = resolver.resolve(find(logicalId).Properties[property], `${logicalId}.${property}`);
      return value === undefined || typeof value === 'string'
        ? value
        : fail(`${logicalId}.${property} is not a string`);
    },
  });

  const once = memoize();
  const reader: TemplateReader = {
    region,
    accountId,
    logicalIds: (type) =>
      Object.entries(template.Resources)
        .filter(([, resource]) => resource.Type === type && isActive(resource))
        .map(([logicalId]) => logicalId),
    properties(logicalId, definition) {
      const { Type, Properties } = find(logicalId);
      const relevant = Object.entries(Properties).filter(([name]) => !Object.hasOwn(definition.noEffect, name));
      const resolved = resolver.resolve(Object.fromEntries(relevant), logicalId);
      const parsed = definition.properties.safeParse(resolved);
      return parsed.success ? parsed.data : fail(describe(logicalId, Type, parsed.error.issues));
    },
    ref: (logicalId) => once(logicalId, () => definitionOf(logicalId).ref(contextOf(logicalId))),
    attribute: (logicalId, name) =>
      once(`${logicalId}.${name}`, () => {
        const attribute = definitionOf(logicalId).attributes[name];
        return attribute?.(contextOf(logicalId)) ?? fail(`${logicalId}.${name}: this attribute is not known locally`);
      }),
    get outputs() {
      const outputs = Object.entries(template.Outputs).filter(
        ([, { Condition }]) => Condition === undefined || resolver.condition(Condition),
      );
      return Object.fromEntries(
        outputs.map(([name, { Value }]) => [name, String(resolver.resolve(Value, `Outputs.${name}`))]),
      );
    },
  };

  for (const [logicalId, resource] of Object.entries(template.Resources)) {
    if (isActive(resource)) {
      reader.properties(logicalId, definitionOf(logicalId));
    }
  }
  return reader;
}

function memoize(): (key: string, compute: () => string) => string {
  const values = new Map<string, string | undefined>();
  return (key, compute) => {
    const earlier = values.get(key);
    if (earlier === undefined && values.has(key)) {
      return fail(`${key} depends on itself`);
    }
    if (earlier !== undefined) {
      return earlier;
    }
    values.set(key, undefined);
    const value = compute();
    values.set(key, value);
    return value;
  };
}

const unknownType = (logicalId: string, type: string): string =>
  `${logicalId}: resource type ${type} is not understood by the local runtime; add it to local/template, ` +
  'either with what it means locally or as having no effect, with the reason';

function describe(logicalId: string, type: string, issues: readonly z.core.$ZodIssue[]): string {
  return issues
    .flatMap((issue) => {
      const names = issue.code === 'unrecognized_keys' ? issue.keys : [undefined];
      return names.map((name) => {
        const property = [...issue.path, ...(name === undefined ? [] : [name])].join('.');
        const problem =
          name === undefined
            ? issue.message
            : 'is not understood by the local runtime; teach it to local/template or list it there as having no effect, with the reason';
        return `${logicalId} (${type}): property ${property} ${problem}`;
      });
    })
    .join('\n');
}

const fail = (message: string): never => {
  throw new Error(message);
};
