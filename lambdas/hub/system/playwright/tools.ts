import type { JsonObject } from '../../json.ts';
import type { SystemTool } from '../system-server.ts';
import { type Flow, flowOfAction, flowOfRun, MAX_STEPS } from './flow.ts';
import { inputOfAction, inputOfRun } from './input-schemas.ts';
import type { Action } from './step.ts';

/** A tool that is a flow in a browser: everything but the browser, which is the adapter's. Pure. */
export interface BrowserTool extends SystemTool {
  /** Throws `ToolInputError` where the arguments do not fit the input schema. */
  flow(args: JsonObject): Flow;
  /** It does something with a page, so that a missing answer does not mean that nothing happened. */
  readonly mayTakeEffect: boolean;
}

interface Description {
  readonly title: string;
  readonly description: string;
  /** Only looks at the page; `changes` alters what it shows; `effect` may do to the world what a person's click can do. */
  readonly kind: 'looks' | 'changes' | 'effect';
  readonly priority: number;
}

const AFTERWARDS = 'Answers with the accessibility tree of the page afterwards.';

const DESCRIPTIONS: Readonly<Record<Action, Description>> = {
  navigate: {
    title: 'Open a page',
    description: 'Opens a page in a fresh browser and says where it led: address, title and status.',
    kind: 'looks',
    priority: 60,
  },
  snapshot: {
    title: 'Read a page',
    description: 'Opens a page and answers with its accessibility tree: what it says and what can be done on it.',
    kind: 'looks',
    priority: 90,
  },
  click: {
    title: 'Click',
    description: `Opens a page and clicks an element. ${AFTERWARDS}`,
    kind: 'effect',
    priority: 50,
  },
  type: {
    title: 'Type',
    description: `Opens a page and types into an element, key by key. ${AFTERWARDS}`,
    kind: 'effect',
    priority: 40,
  },
  fill: {
    title: 'Fill a field',
    description: `Opens a page and replaces what is in a form field. ${AFTERWARDS}`,
    kind: 'changes',
    priority: 50,
  },
  select: {
    title: 'Select options',
    description: `Opens a page and selects options of a list. ${AFTERWARDS}`,
    kind: 'changes',
    priority: 40,
  },
  press: {
    title: 'Press a key',
    description: `Opens a page and presses a key or a combination of keys. ${AFTERWARDS}`,
    kind: 'effect',
    priority: 40,
  },
  wait: {
    title: 'Wait for a page',
    description: `Opens a page and waits for a text, for an element, or for some time. ${AFTERWARDS}`,
    kind: 'looks',
    priority: 40,
  },
  evaluate: {
    title: 'Evaluate JavaScript',
    description:
      'Opens a page and evaluates a JavaScript expression in it. Refused unless the hub was set up to allow it.',
    kind: 'effect',
    priority: 20,
  },
  screenshot: {
    title: 'Take a screenshot',
    description: 'Opens a page and answers with a picture of it, of one element, or of the whole page.',
    kind: 'looks',
    priority: 80,
  },
  pdf: {
    title: 'Print to PDF',
    description: 'Opens a page and answers with a PDF of it.',
    kind: 'looks',
    priority: 60,
  },
  console: {
    title: 'Read the console',
    description: 'Opens a page and answers with what it wrote to the console, uncaught errors included.',
    kind: 'looks',
    priority: 40,
  },
  network: {
    title: 'List requests',
    description: 'Opens a page and answers with the requests that it made and what came of each.',
    kind: 'looks',
    priority: 40,
  },
  tabs: {
    title: 'List tabs',
    description: 'Opens a page and answers with all tabs that are open then, those that the page opened included.',
    kind: 'looks',
    priority: 30,
  },
};

const RUN: Description = {
  title: 'Do several things',
  description:
    `Opens a page in a fresh browser and does up to ${MAX_STEPS} steps there, in one session: each one is an action as ` +
    'the other tools do it. Nothing of a browser outlives a call, so logging in and what follows belong into one run. ' +
    'Answers with the outcome of each step.',
  kind: 'effect',
  priority: 85,
};

const ACTIONS = Object.keys(DESCRIPTIONS) as Action[];

export const BROWSER_TOOLS: readonly BrowserTool[] = [
  toolOf('run', RUN, inputOfRun(), flowOfRun),
  ...ACTIONS.map((action) =>
    toolOf(action, DESCRIPTIONS[action], inputOfAction(action), (args) => flowOfAction(action, args)),
  ),
];

function toolOf(name: string, about: Description, inputSchema: JsonObject, flow: BrowserTool['flow']): BrowserTool {
  const { title, description, kind, priority } = about;
  const readOnly = kind === 'looks';
  return {
    definition: {
      name,
      title,
      description,
      inputSchema,
      annotations: {
        title,
        readOnlyHint: readOnly,
        ...(!readOnly && { destructiveHint: kind === 'effect' }),
        idempotentHint: kind !== 'effect',
        openWorldHint: true,
      },
    },
    metadata: {
      category: 'browser',
      tags: [...(readOnly ? ['read-only'] : []), ...(kind === 'effect' ? ['destructive'] : []), 'web', name],
      priority,
      // Long enough to be done as a job where the caller leaves it to the hub.
      estimatedDurationMs: 30_000,
    },
    flow,
    mayTakeEffect: !readOnly,
  };
}
