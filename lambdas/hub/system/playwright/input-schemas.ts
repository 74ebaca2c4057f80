import type { JsonObject } from '../../json.ts';
import { MAX_STEPS } from './flow.ts';
import type { Action } from './step.ts';

/** What a tool takes beside the page to start from. */
interface Inputs {
  readonly properties: JsonObject;
  readonly required: readonly string[];
}

const text = (description: string, maxLength = 500): JsonObject => ({
  type: 'string',
  minLength: 1,
  maxLength,
  description,
});
const flag = (description: string): JsonObject => ({ type: 'boolean', description });

const ELEMENT: JsonObject = {
  type: 'object',
  description:
    'Which element: exactly one of role, text, label, placeholder, testId and css. The first one that matches is taken, unless nth says otherwise.',
  properties: {
    role: text('ARIA role, as in the snapshot: button, link, textbox, ...'),
    name: text('Accessible name, with role.'),
    text: text('Text that the element contains.'),
    label: text("Text of a form field's label."),
    placeholder: text('Placeholder of a form field.'),
    testId: text('Value of its data-testid attribute.'),
    css: text('CSS selector.'),
    exact: flag('Texts match as a whole and with their case; otherwise a part is enough.'),
    nth: { type: 'integer', minimum: 0, maximum: 999, description: 'Which of several matches, from 0.' },
  },
  additionalProperties: false,
};

const URL_INPUT: JsonObject = text('Public https address.', 2048);

const SIDE: JsonObject = { type: 'integer', minimum: 200, maximum: 2000 };
const VIEWPORT: JsonObject = {
  type: 'object',
  description: 'Size of the page in CSS pixels; 1280 by 720 unless given.',
  properties: { width: SIDE, height: SIDE },
  required: ['width', 'height'],
  additionalProperties: false,
};

const INPUTS: Readonly<Record<Action, Inputs>> = {
  navigate: { properties: { url: URL_INPUT }, required: ['url'] },
  snapshot: { properties: {}, required: [] },
  click: {
    properties: {
      element: ELEMENT,
      button: { type: 'string', enum: ['left', 'right', 'middle'] },
      double: flag('Twice.'),
    },
    required: ['element'],
  },
  type: {
    properties: { element: ELEMENT, text: { type: 'string', maxLength: 2000, description: 'Typed key by key.' } },
    required: ['element', 'text'],
  },
  fill: {
    properties: {
      element: ELEMENT,
      text: { type: 'string', maxLength: 20_000, description: 'Replaces what is in the field.' },
    },
    required: ['element', 'text'],
  },
  select: {
    properties: {
      element: ELEMENT,
      values: {
        type: 'array',
        items: text('Value or label of an option.'),
        minItems: 1,
        maxItems: 50,
      },
    },
    required: ['element', 'values'],
  },
  press: {
    properties: { key: text('Enter, Escape, ArrowDown, Control+A, ...'), element: ELEMENT },
    required: ['key'],
  },
  wait: {
    properties: {
      text: text('Until this text is shown.'),
      element: ELEMENT,
      milliseconds: { type: 'integer', minimum: 1, maximum: 30_000, description: 'For so long.' },
    },
    required: [],
  },
  evaluate: {
    properties: { expression: text('JavaScript expression, whose value becomes JSON.', 20_000) },
    required: ['expression'],
  },
  screenshot: {
    properties: {
      element: ELEMENT,
      fullPage: flag('The whole page instead of what the viewport shows.'),
      format: { type: 'string', enum: ['png', 'jpeg'] },
    },
    required: [],
  },
  pdf: {
    properties: {
      paper: { type: 'string', enum: ['A4', 'Letter'] },
      landscape: flag('Wider than high.'),
    },
    required: [],
  },
  console: { properties: {}, required: [] },
  network: { properties: {}, required: [] },
  tabs: {
    properties: {
      select: { type: 'integer', minimum: 0, maximum: 99, description: 'Go on in this tab, counted from 0.' },
    },
    required: [],
  },
};

/** Input of a tool that is one action on a page. */
export function inputOfAction(action: Action): JsonObject {
  const { properties, required } = INPUTS[action];
  return {
    type: 'object',
    properties: { url: URL_INPUT, viewport: VIEWPORT, ...properties },
    required: ['url', ...required.filter((name) => name !== 'url')],
    additionalProperties: false,
  };
}

export function inputOfRun(): JsonObject {
  const actions = Object.keys(INPUTS) as Action[];
  return {
    type: 'object',
    properties: {
      url: URL_INPUT,
      viewport: VIEWPORT,
      steps: {
        type: 'array',
        description: 'Done one after the other in the same browser. The first one that fails is the last.',
        items: { oneOf: actions.map(stepOf) },
        minItems: 1,
        maxItems: MAX_STEPS,
      },
    },
    required: ['url', 'steps'],
    additionalProperties: false,
  };
}

function stepOf(action: Action): JsonObject {
  const { properties, required } = INPUTS[action];
  return {
    type: 'object',
    properties: { action: { type: 'string', const: action }, ...properties },
    required: ['action', ...required],
    additionalProperties: false,
  };
}
