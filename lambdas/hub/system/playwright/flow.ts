import * as z from 'zod/mini';
import type { JsonObject } from '../../json.ts';
import { ToolInputError } from '../rest-tool.ts';
import { type Action, type Step, stepSchema } from './step.ts';

export const MAX_STEPS = 25;

const side = z.int().check(z.minimum(200), z.maximum(2000));
const url = z.string().check(z.minLength(1), z.maxLength(2048));
const viewport = z.optional(z.strictObject({ width: side, height: side }));
const runSchema = z.strictObject({
  url,
  viewport,
  steps: z.array(stepSchema).check(z.minLength(1), z.maxLength(MAX_STEPS)),
});
const startSchema = z.object({ url, viewport });

/** What one call does: a browser of its own opens a page, and the steps follow. */
export interface Flow {
  readonly url: string;
  readonly viewport?: { readonly width: number; readonly height: number } | undefined;
  readonly steps: readonly Step[];
}

/** Arguments of `run`; throws `ToolInputError` where they do not fit. */
export function flowOfRun(args: JsonObject): Flow {
  return accepted(runSchema.safeParse(args));
}

/** Who acts on a page wants to see what came of it, and cannot look again once the call has ended. */
const SHOWN_AFTERWARDS: ReadonlySet<Action> = new Set(['click', 'type', 'fill', 'select', 'press', 'wait']);

/** Arguments of a tool that is one action. Opening the page is all that `navigate` does. */
export function flowOfAction(action: Action, args: JsonObject): Flow {
  const start = accepted(startSchema.safeParse(args));
  const { viewport: _, ...rest } = args;
  const own = action === 'navigate' ? rest : withoutUrl(rest);
  const step = accepted(stepSchema.safeParse({ ...own, action }));
  if (action === 'navigate') return { ...start, steps: [] };
  return { ...start, steps: SHOWN_AFTERWARDS.has(action) ? [step, { action: 'snapshot' }] : [step] };
}

function withoutUrl({ url: _, ...rest }: JsonObject): JsonObject {
  return rest;
}

function accepted<T>(parsed: z.core.util.SafeParseResult<T>): T {
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new ToolInputError(`the arguments do not fit the input schema${where && ` at "${where}"`}: ${issue?.message}`);
}
