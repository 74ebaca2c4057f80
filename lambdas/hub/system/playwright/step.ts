import * as z from 'zod/mini';

/** A text that a person would recognize an element by, or a key, or a name: never a document. */
const short = z.string().check(z.minLength(1), z.maxLength(500));
const address = z.string().check(z.minLength(1), z.maxLength(2048));

const WAYS = ['role', 'text', 'label', 'placeholder', 'testId', 'css'] as const;

/** Which element is meant, as people and assistive technology find it; by CSS where nothing else tells it apart. */
const elementSchema = z
  .strictObject({
    role: z.optional(short),
    name: z.optional(short),
    text: z.optional(short),
    label: z.optional(short),
    placeholder: z.optional(short),
    testId: z.optional(short),
    css: z.optional(short),
    exact: z.optional(z.boolean()),
    nth: z.optional(z.int().check(z.minimum(0), z.maximum(999))),
  })
  .check(
    z.refine((element) => WAYS.filter((way) => element[way] !== undefined).length === 1, {
      error: `give exactly one of ${WAYS.join(', ')}`,
    }),
    z.refine(({ role, name }) => name === undefined || role !== undefined, { error: 'give "name" with "role" only' }),
  );
export type ElementQuery = z.infer<typeof elementSchema>;

const WAITS = ['text', 'element', 'milliseconds'] as const;

const stepSchemas = [
  z.strictObject({ action: z.literal('navigate'), url: address }),
  z.strictObject({ action: z.literal('snapshot') }),
  z.strictObject({
    action: z.literal('click'),
    element: elementSchema,
    button: z.optional(z.enum(['left', 'right', 'middle'])),
    double: z.optional(z.boolean()),
  }),
  z.strictObject({ action: z.literal('type'), element: elementSchema, text: z.string().check(z.maxLength(2000)) }),
  z.strictObject({ action: z.literal('fill'), element: elementSchema, text: z.string().check(z.maxLength(20_000)) }),
  z.strictObject({
    action: z.literal('select'),
    element: elementSchema,
    values: z.array(short).check(z.minLength(1), z.maxLength(50)),
  }),
  z.strictObject({ action: z.literal('press'), key: short, element: z.optional(elementSchema) }),
  z
    .strictObject({
      action: z.literal('wait'),
      text: z.optional(short),
      element: z.optional(elementSchema),
      milliseconds: z.optional(z.int().check(z.minimum(1), z.maximum(30_000))),
    })
    .check(
      z.refine((step) => WAITS.filter((what) => step[what] !== undefined).length === 1, {
        error: `give exactly one of ${WAITS.join(', ')}`,
      }),
    ),
  z.strictObject({
    action: z.literal('evaluate'),
    expression: z.string().check(z.minLength(1), z.maxLength(20_000)),
  }),
  z.strictObject({
    action: z.literal('screenshot'),
    element: z.optional(elementSchema),
    fullPage: z.optional(z.boolean()),
    format: z.optional(z.enum(['png', 'jpeg'])),
  }),
  z.strictObject({
    action: z.literal('pdf'),
    paper: z.optional(z.enum(['A4', 'Letter'])),
    landscape: z.optional(z.boolean()),
  }),
  z.strictObject({ action: z.literal('console') }),
  z.strictObject({ action: z.literal('network') }),
  z.strictObject({ action: z.literal('tabs'), select: z.optional(z.int().check(z.minimum(0), z.maximum(99))) }),
] as const;

export const stepSchema = z.discriminatedUnion('action', stepSchemas);

/** One thing that is done with a page. */
export type Step = z.infer<typeof stepSchema>;
export type Action = Step['action'];
