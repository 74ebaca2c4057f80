import * as z from 'zod';
import type { Json, JsonObject } from '../../../lambdas/hub/json.ts';

/** One of them fits each pattern that the tools have. */
const TEXTS = ['octokit', 'docs/README.md', '2026-01-31T12:00:00Z', '663399'];

const field = z.object({
  type: z.enum(['string', 'integer', 'boolean', 'array']),
  enum: z.array(z.string()).optional(),
  pattern: z.string().optional(),
  maximum: z.number().optional(),
  get items() {
    return field.optional();
  },
});
type Field = z.infer<typeof field>;
const input = z.object({ properties: z.record(z.string(), field), required: z.array(z.string()).default([]) });

/**
 * Arguments that fit an input schema: the required ones, all of them, and all of them once with each value of each
 * choice. So every tool has some, also one that is added later.
 */
export function sampleArguments(inputSchema: unknown): readonly JsonObject[] {
  const { properties, required } = input.parse(inputSchema);
  const fields = Object.entries(properties);
  const all = Object.fromEntries(fields.map(([name, about]) => [name, sampleOf(about)]));
  const least = Object.fromEntries(Object.entries(all).filter(([name]) => required.includes(name)));
  const varied = fields.flatMap(([name, about]) => (about.enum ?? []).map((value) => ({ ...all, [name]: value })));
  return [least, all, ...varied];
}

function sampleOf({ type, enum: values, pattern = '', maximum, items }: Field): Json {
  switch (type) {
    case 'integer':
      return Math.min(7, maximum ?? 7);
    case 'boolean':
      return true;
    case 'array':
      return items === undefined ? [] : [sampleOf(items)];
    case 'string': {
      const fitting = (values ?? TEXTS).find((text) => new RegExp(pattern, 'u').test(text));
      if (fitting === undefined) throw new Error(`no sample fits ${pattern}`);
      return fitting;
    }
  }
}
