import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as z from 'zod/mini';
import { ToolInputError } from '../../../lambdas/hub/system/rest-tool.ts';
import { PLAYWRIGHT } from '../../../lambdas/hub/system/playwright.ts';
import { MAX_STEPS } from '../../../lambdas/hub/system/playwright/flow.ts';
import { type Action, stepSchema } from '../../../lambdas/hub/system/playwright/step.ts';
import { BROWSER_TOOLS, type BrowserTool } from '../../../lambdas/hub/system/playwright/tools.ts';
import type { JsonObject } from '../../../lambdas/hub/json.ts';

const URL = 'https://example.org/';
const ACTIONS = BROWSER_TOOLS.map(({ definition }) => definition.name).filter((name) => name !== 'run') as Action[];

describe('the tools of the playwright server', () => {
  it('are one for each action, and one for all', () => {
    const parsed = at(z.toJSONSchema(stepSchema), 'oneOf') as readonly JsonObject[];
    const known = parsed.map((step) => at(step, 'properties', 'action', 'const'));

    assert.deepEqual([...ACTIONS].sort(), [...known].sort());
    assert.deepEqual(PLAYWRIGHT.tools, BROWSER_TOOLS);
  });

  it('say in their schemas what is parsed', () => {
    const { inputSchema } = toolOf('run').definition as unknown as { inputSchema: JsonObject };
    const written = at(inputSchema, 'properties', 'steps', 'items', 'oneOf');
    const parsed = at(z.toJSONSchema(stepSchema, { io: 'input' }), 'oneOf');

    assert.deepEqual(sorted(withoutWords(written)), sorted(withoutWords(parsed)));
  });

  it('take of one action what the step of a run takes, and the page', () => {
    const { inputSchema } = toolOf('run').definition as unknown as { inputSchema: JsonObject };
    const steps = at(inputSchema, 'properties', 'steps', 'items', 'oneOf') as readonly JsonObject[];
    for (const step of steps) {
      const action = at(step, 'properties', 'action', 'const') as Action;
      const own = at(toolOf(action).definition, 'inputSchema', 'properties') as JsonObject;
      const { action: _, ...inputs } = at(step, 'properties') as JsonObject;

      assert.deepEqual(Object.keys(own).sort(), [...new Set(['url', 'viewport', ...Object.keys(inputs)])].sort());
    }
  });

  it('that only look say so, and the others do not', () => {
    const looking = BROWSER_TOOLS.filter(({ mayTakeEffect }) => !mayTakeEffect).map(nameOf);
    const hinted = BROWSER_TOOLS.filter((tool) => hints(tool)['readOnlyHint'] === true).map(nameOf);

    assert.deepEqual(looking, hinted);
    assert.deepEqual([...looking].sort(), [
      'console',
      'navigate',
      'network',
      'pdf',
      'screenshot',
      'snapshot',
      'tabs',
      'wait',
    ]);
    assert.ok(BROWSER_TOOLS.every((tool) => hints(tool)['openWorldHint'] === true));
  });

  it('take long enough to be done as jobs', () => {
    assert.ok(PLAYWRIGHT.tools.every(({ metadata }) => metadata.estimatedDurationMs === 30_000));
    assert.ok(PLAYWRIGHT.tools.every(({ metadata }) => metadata.category === 'browser'));
  });
});

describe('a flow', () => {
  it('opens the page and does the steps of a run', () => {
    const steps = [{ action: 'click', element: { role: 'button', name: 'Send' } }, { action: 'snapshot' }];

    assert.deepEqual(toolOf('run').flow({ url: URL, steps }), { url: URL, steps });
  });

  it('that does something to a page shows it afterwards', () => {
    const { steps } = toolOf('fill').flow({ url: URL, element: { label: 'Name' }, text: 'Ada' });

    assert.deepEqual(
      steps.map(({ action }) => action),
      ['fill', 'snapshot'],
    );
  });

  it('to navigate is to open the page', () => {
    assert.deepEqual(toolOf('navigate').flow({ url: URL }), { url: URL, steps: [] });
  });

  const wrong: readonly [what: string, tool: string, args: JsonObject][] = [
    ['no address', 'navigate', {}],
    ['an empty address', 'navigate', { url: '' }],
    ['an argument that is not known', 'snapshot', { url: URL, depth: 3 }],
    ['another action than its own', 'snapshot', { url: URL, action: 'evaluate', expression: '1' }],
    ['an element that is named in two ways', 'click', { url: URL, element: { text: 'a', css: 'a' } }],
    ['an element that is not named', 'click', { url: URL, element: { nth: 1 } }],
    ['a name without a role', 'click', { url: URL, element: { text: 'a', name: 'b' } }],
    ['a wait for two things', 'wait', { url: URL, text: 'a', milliseconds: 1 }],
    ['a wait for nothing', 'wait', { url: URL }],
    ['a viewport of a wall', 'screenshot', { url: URL, viewport: { width: 20_000, height: 1000 } }],
    ['no steps', 'run', { url: URL, steps: [] }],
    ['a step that is not known', 'run', { url: URL, steps: [{ action: 'sleep' }] }],
    ['too many steps', 'run', { url: URL, steps: Array(MAX_STEPS + 1).fill({ action: 'snapshot' }) }],
  ];
  for (const [what, tool, args] of wrong) {
    it(`with ${what} is none`, () => {
      assert.throws(() => toolOf(tool).flow(args), ToolInputError);
    });
  }
});

function toolOf(name: string): BrowserTool {
  const tool = BROWSER_TOOLS.find((candidate) => nameOf(candidate) === name);
  assert.ok(tool !== undefined);
  return tool;
}

function nameOf({ definition }: BrowserTool): string {
  return definition.name;
}

function hints({ definition }: BrowserTool): JsonObject {
  return at(definition, 'annotations') as JsonObject;
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce((inner, key) => (inner as JsonObject)[key], value);
}

/** What is said for people, and what is written in one of two ways that mean the same. */
function withoutWords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutWords);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key, inner]) => key !== 'description' || typeof inner !== 'string');
  return Object.fromEntries(
    kept.filter(([key]) => key !== '$schema').map(([key, inner]) => [key, withoutWords(inner)]),
  );
}

function sorted(steps: unknown): unknown[] {
  assert.ok(Array.isArray(steps));
  return steps.toSorted((a, b) =>
    JSON.stringify(at(a, 'properties', 'action')).localeCompare(JSON.stringify(at(b, 'properties', 'action'))),
  );
}
