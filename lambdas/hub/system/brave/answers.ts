import * as z from 'zod/mini';
import type { JsonObject } from '../../json.ts';
import { choice, text, wholeNumber } from '../parameter-kinds.ts';
import type { RestTool } from '../rest-tool.ts';
import { checkArguments, inputSchema, type Parameter } from '../tool-parameters.ts';
import { definitionOf, type Plan } from './brave-tool.ts';
import { listOf, said } from './entries.ts';
import { safesearch } from './search-parameters.ts';

const TOOL = {
  parameters: {
    messages: oneMessage(),
    model: choice(['brave', 'brave-pro'], { description: 'Model that answers.' }),
    country: text({
      pattern: [/^(?:[a-z]{2}|[A-Z]{2}|ALL)$/, 'a code of two letters, or ALL'],
      description: 'Country where sources come from, or ALL for the whole world; us by default.',
    }),
    language: text({ minLength: 2, maxLength: 7, description: 'Language of the answer; en by default.' }),
    safesearch: safesearch('moderate'),
    max_completion_tokens: wholeNumber({ minimum: 1, description: 'Most tokens that the answer may have.' }),
    web_search_options: searchOptions(),
  },
  required: ['messages'],
};

/**
 * Answers that Brave's own models write. They are asked for whole: what the API only offers in a stream (citations,
 * entities, research) is not offered, because a tool has one result.
 */
export const ANSWERS: RestTool = {
  definition: definitionOf(
    {
      name: 'answers',
      title: 'Answer a question from the web',
      description:
        'Answers a question in words, written by a model from one search of the web. It needs the plan Answers. To ' +
        'read the sources yourself, use llm_context.',
    },
    inputSchema(TOOL),
  ),
  metadata: {
    category: 'search',
    tags: ['read-only', 'open-world', 'answer', 'summary'],
    priority: 60,
    estimatedDurationMs: 10_000,
  },
  plan: 'Answers' satisfies Plan,
  request(args) {
    checkArguments(TOOL, args);
    return { method: 'POST', path: '/res/v1/chat/completions', query: [], body: { ...args, stream: false } };
  },
  present: (answer) => ({ text: answerText(answer), structured: answer }),
};

function oneMessage(): Parameter {
  const check = () =>
    z.array(z.strictObject({ role: z.literal('user'), content: z.string().check(z.minLength(1)) })).check(z.length(1));
  const message = {
    type: 'object',
    properties: {
      role: { type: 'string', const: 'user' },
      content: { type: 'string', minLength: 1, description: 'The question.' },
    },
    required: ['role', 'content'],
    additionalProperties: false,
  };
  return {
    told: { type: 'array', items: message, minItems: 1, maxItems: 1, description: 'One message with the question.' },
    check,
    rule: 'a list of one message, as [{"role": "user", "content": "..."}]',
  };
}

function searchOptions(): Parameter {
  const sizes = ['low', 'medium', 'high'];
  return {
    told: {
      type: 'object',
      properties: { search_context_size: { type: 'string', enum: sizes } },
      additionalProperties: false,
      description: 'How much the search contributes.',
    },
    check: () => z.strictObject({ search_context_size: z.optional(z.enum(sizes)) }),
    rule: 'an object with search_context_size low, medium or high',
  };
}

/** The reference names the member `delta`, its examples `message`. */
const content = said(z.object({ content: said(z.string()) }));
const answerOf = z.object({ choices: listOf(z.object({ message: content, delta: content })) });

function answerText(answer: JsonObject): string {
  const texts = answerOf.parse(answer).choices.map(({ message, delta }) => message?.content ?? delta?.content ?? '');
  return texts.join('').trim() || 'There is no answer.';
}
