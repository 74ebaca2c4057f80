import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import * as z from 'zod';

/** GitHub's own descriptions of its API: github.com, and the newest Enterprise Server that is described. */
export const PUBLISHED = ['api.github.com', 'ghes-3.19'] as const;

const schema = z.looseObject({});
/** A part of the description; what is meant is behind its `$ref` if it has one. */
export type Part = z.infer<typeof schema>;

const parameter = z.object({ name: z.string(), in: z.string(), required: z.boolean().default(false), schema });
export type Parameter = z.infer<typeof parameter>;

const content = z.object({ content: z.record(z.string(), z.object({ schema: schema.optional() })).default({}) });
const operation = z.object({
  deprecated: z.boolean().default(false),
  parameters: z.array(schema).default([]),
  requestBody: content.optional(),
  responses: z.record(z.string(), schema),
});

export interface Operation {
  readonly isDeprecated: boolean;
  readonly parameters: readonly Parameter[];
  /** What the JSON body has to fit, where there is one. */
  readonly body: Part | undefined;
  /** What the JSON of a successful answer fits, one for each status. */
  readonly answers: readonly Part[];
}

export interface PublishedApi {
  /** `route` as Octokit has it: `GET /repos/{owner}/{repo}`. */
  operation(route: string): Operation | undefined;
  resolve(part: Part): Part;
  /** What is wrong with a value; nothing if it fits. */
  faults(part: Part, value: unknown): readonly string[];
}

export function publishedApi(name: (typeof PUBLISHED)[number]): PublishedApi {
  const file = createRequire(import.meta.url).resolve(`@octokit/openapi/generated/${name}.json`);
  const document = schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  const resolve = (part: Part): Part => {
    const ref = part['$ref'];
    return typeof ref === 'string' ? resolve(schema.parse(at(document, ref.slice(2).split('/')))) : part;
  };
  const jsonOf = (part: Part) => content.parse(resolve(part)).content['application/json']?.schema;
  return {
    operation(route) {
      const [method = '', path = ''] = route.split(' ');
      const found = at(document, ['paths', path, method.toLowerCase()]);
      if (found === undefined) return undefined;
      const { deprecated, parameters, requestBody, responses } = operation.parse(found);
      const successful = Object.entries(responses).filter(([status]) => status.startsWith('2'));
      return {
        isDeprecated: deprecated,
        parameters: parameters.map((part) => parameter.parse(resolve(part))),
        body: requestBody?.content['application/json']?.schema,
        answers: successful.map(([, part]) => jsonOf(part)).filter((part) => part !== undefined),
      };
    },
    resolve,
    faults(part, value) {
      const validate = ajv.compile(inlined(part, resolve));
      return validate(value) ? [] : [ajv.errorsText(validate.errors)];
    },
  };
}

function at(value: unknown, [step, ...rest]: readonly string[]): unknown {
  if (step === undefined) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  return at(new Map(Object.entries(value)).get(step), rest);
}

/** Bodies and parameters refer to little, and never to themselves. JSON Schema does not know `nullable`; nulls are not sent. */
function inlined(value: unknown, resolve: (part: Part) => Part): Part {
  const inline = (inner: unknown): unknown => {
    if (Array.isArray(inner)) return inner.map(inline);
    if (typeof inner !== 'object' || inner === null) return inner;
    const { nullable: _, ...members } = resolve(schema.parse(inner));
    return Object.fromEntries(Object.entries(members).map(([key, part]) => [key, inline(part)]));
  };
  return schema.parse(inline(value));
}
