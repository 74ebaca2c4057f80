import type { JsonObject } from '../../../hub/json.ts';
import { presentableText } from '../presentable-text.ts';
import type { DoneStep } from './done-step.ts';
import type { FlowReport } from './run-flow.ts';

/** Result of `run`: the outcome of each step. */
export function presentRun({ place, done }: FlowReport, secrets: readonly string[]): JsonObject {
  const steps = done.map((step) => ({ action: step.action, ...outcomeOf(step, secrets) }));
  const lines = done.map((step, index) => `${index}. ${step.action}: ${lineOf(step, secrets)}`);
  return resultOf({ ...place, steps }, [`${place.title} (${place.url})`, ...lines], done);
}

/** Result of a tool that is one action: its own facts beside where it ended. */
export function presentAction({ place, done }: FlowReport, secrets: readonly string[]): JsonObject {
  const facts = done.reduce<JsonObject>((all, step) => ({ ...all, ...outcomeOf(step, secrets) }), {});
  const lines = done.map((step) => `${step.action}: ${lineOf(step, secrets)}`);
  return resultOf({ ...place, ...facts }, [`${place.title} (${place.url})`, ...lines], done);
}

function outcomeOf({ facts, failure }: DoneStep, secrets: readonly string[]): JsonObject {
  return failure === undefined ? { ok: true, ...facts } : { ok: false, error: presentableText(failure, secrets) };
}

function lineOf({ facts, failure }: DoneStep, secrets: readonly string[]): string {
  if (failure !== undefined) return `failed: ${presentableText(failure, secrets)}`;
  const { snapshot, json, ...rest } = facts;
  const long = [snapshot, json].filter((text) => typeof text === 'string');
  const short = Object.keys(rest).length === 0 ? ['done'] : [JSON.stringify(rest)];
  return [...short, ...long].join('\n');
}

function resultOf(structuredContent: JsonObject, lines: readonly string[], done: readonly DoneStep[]): JsonObject {
  return {
    content: [{ type: 'text', text: lines.join('\n') }, ...done.flatMap(blocksOf)],
    structuredContent,
    ...(done.some(({ failure }) => failure !== undefined) && { isError: true }),
  };
}

function blocksOf({ artifact }: DoneStep, index: number): JsonObject[] {
  if (artifact === undefined) return [];
  const { mimeType } = artifact;
  const data = artifact.bytes.toString('base64');
  if (mimeType.startsWith('image/')) return [{ type: 'image', data, mimeType }];
  // A name for the document within this result; nothing can be read by it.
  return [{ type: 'resource', resource: { uri: `urn:nexus-hub:page:${index}`, mimeType, blob: data } }];
}
