import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as z from 'zod';
import { BRAVE } from '../../../lambdas/hub/system/brave.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../lambdas/hub/json.ts';
import { type RestTool, ToolInputError } from '../../../lambdas/hub/system/rest-tool.ts';
import { candidatesFor } from '../../support/upstreams/brave/candidates.ts';
import { DOCUMENTED } from '../../support/upstreams/brave/documented.ts';

const REQUIRED: Readonly<Record<string, JsonObject>> = {
  place_search: {},
  place_details: { ids: ['loc1'] },
  place_descriptions: { ids: ['loc1'] },
  rich_data: { callback_key: 'k' },
  answers: { messages: [{ role: 'user', content: 'Why?' }] },
};

/** What goes together, so that one of them alone can be tried. */
const COMPANIONS: Readonly<Record<string, JsonObject>> = { latitude: { longitude: 1 }, longitude: { latitude: 1 } };

for (const tool of BRAVE.tools) {
  const { name, inputSchema } = tool.definition;
  const required = REQUIRED[name] ?? { q: 'trees' };
  const told = z.fromJSONSchema(inputSchema as z.core.JSONSchema.JSONSchema);

  describe(`the parameters of ${name}`, () => {
    for (const [parameter, schema] of Object.entries(propertiesOf(tool))) {
      it(`${parameter} is checked as it is told, and as the API documents it`, () => {
        const outcomes = new Set<boolean>();

        for (const value of [...candidatesFor(schema), ...(STRUCTURED[parameter] ?? [])]) {
          const args = { ...COMPANIONS[parameter], ...required, [parameter]: value };
          const isTold = told.safeParse(args).success;
          const isTaken = takes(tool, args);

          outcomes.add(isTaken);
          assert.equal(isTaken, isTold, `${parameter}: ${JSON.stringify(value).slice(0, 80)}`);
          const isDocumented = documented(tool, required, parameter, value);
          if (isDocumented !== undefined) assert.equal(isTaken, isDocumented, `${parameter}: ${JSON.stringify(value)}`);
        }

        assert.deepEqual(outcomes, new Set([true, false]));
      });
    }

    it('are those that the API documents, and no others', () => {
      const { path } = tool.request(required);
      const operation = DOCUMENTED[path];

      const known = Object.keys({ ...operation?.query, ...operation?.headers });

      const left = known.filter((parameter) => !(parameter in propertiesOf(tool)));
      assert.deepEqual(left, LEFT_OUT[name] ?? []);
      assert.deepEqual(
        Object.keys(propertiesOf(tool)).filter((parameter) => !known.includes(parameter)),
        [],
      );
    });

    it('are required where the API says so, and no others are known', () => {
      const { path } = tool.request(required);

      assert.deepEqual(
        inputSchema instanceof Object && 'required' in inputSchema ? inputSchema.required : [],
        DOCUMENTED[path]?.required,
      );
      for (const missing of Object.keys(required))
        assert.equal(takes(tool, { ...required, [missing]: undefined as never }), false);
      assert.throws(() => tool.request({ ...required, nonsense: 1 }), /there is no parameter "nonsense"; there are /);
    });
  });
}

function message(members: JsonObject): Json {
  return { role: 'user', content: 'Why?', ...members };
}

/** Values of parameters whose parts have rules of their own. */
const STRUCTURED: Readonly<Record<string, readonly Json[]>> = {
  messages: [
    [message({})],
    [message({}), message({})],
    [message({ role: 'system' })],
    [message({ content: '' })],
    [message({ name: 'a' })],
    [{ role: 'user' }],
  ],
  web_search_options: [{ search_context_size: 'low' }, { search_context_size: 'huge' }, { nonsense: 1 }],
};

/** The legacy summarizer is a plan that is not sold any more; an answer that streams is no result of a tool. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = { web_search: ['summary'], answers: ['stream'] };

function propertiesOf({ definition }: RestTool): Readonly<Record<string, JsonObject>> {
  const properties = (definition['inputSchema'] as JsonObject)['properties'];
  assert.ok(isJsonObject(properties ?? null));
  return properties as Record<string, JsonObject>;
}

function takes(tool: RestTool, args: JsonObject): boolean {
  try {
    tool.request(args);
    return true;
  } catch (error) {
    assert.ok(error instanceof ToolInputError);
    return false;
  }
}

/** Whether the API takes a value, where that can be said of how a URL tells it. */
function documented(tool: RestTool, required: JsonObject, parameter: string, value: Json): boolean | undefined {
  const rule = DOCUMENTED[tool.request(required).path]?.query[parameter];
  const { type } = propertiesOf(tool)[parameter] ?? {};
  const inUrl = type === 'integer' || type === 'number' ? 'number' : type;
  const isTold = typeof value === inUrl && ['string', 'boolean', 'number'].includes(typeof value);
  return isTold && parameter !== 'language' ? rule?.(String(value)) : undefined;
}
