import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { Octokit } from '@octokit/core';
import fc from 'fast-check';
import { definitionRejection } from '../../../lambdas/hub/catalog/definition-limits.ts';
import { CATEGORIES } from '../../../lambdas/hub/catalog/tool-metadata.ts';
import { GITHUB } from '../../../lambdas/hub/system/github.ts';
import type { GithubTool } from '../../../lambdas/hub/system/github/github-tool.ts';
import { GITHUB_TOOLS } from '../../../lambdas/hub/system/github/tools.ts';
import { ToolInputError } from '../../../lambdas/hub/system/rest-tool.ts';
import { sampleArguments } from '../../support/github/sample-arguments.ts';

/** Members of a request that Octokit takes for itself. */
const OCTOKITS_OWN = ['method', 'baseUrl', 'url', 'headers', 'request', 'mediaType', 'data'];

/** Octokit's way of writing a query parameter into the route is none of GitHub's. */
const routeOf = ({ route }: GithubTool) => route.replace(/\{\?.*\}$/, '');
const annotationsOf = ({ definition }: GithubTool) => Object(definition['annotations']);

describe('the tools of GitHub', () => {
  it('are at least 25, and each has a name of its own that fits behind the slug', () => {
    const names = GITHUB.tools.map(({ definition }) => definition.name);

    assert.ok(names.length >= 25);
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.match(name, /^[a-z]+(_[a-z]+)*$/);
    assert.ok(Math.max(...names.map((name) => `github_${name}`.length)) <= 64);
  });

  for (const tool of GITHUB_TOOLS) {
    const { definition, metadata } = tool;

    it(`${definition.name} is defined as the hub and MCP want it`, () => {
      assert.equal(definitionRejection(definition), undefined);
      assert.ok(String(definition['description']).length >= 20);
      assert.equal(Object(definition['inputSchema']).additionalProperties, false);
      assert.ok(CATEGORIES.includes(metadata.category));
      assert.ok(metadata.priority >= 1 && metadata.priority <= 100);
      assert.ok(metadata.tags.includes('github') && metadata.tags.length <= 12);
    });

    it(`${definition.name} reads only if it gets, and says so in its tags, too`, () => {
      const { readOnlyHint, destructiveHint, idempotentHint } = annotationsOf(tool);

      assert.equal(readOnlyHint, tool.route.startsWith('GET '));
      assert.equal(tool.reads, readOnlyHint);
      assert.equal(readOnlyHint && destructiveHint, false);
      assert.deepEqual(
        ['read-only', 'destructive', 'idempotent'].map((tag) => metadata.tags.includes(tag)),
        [readOnlyHint, destructiveHint, idempotentHint],
      );
    });

    it(`${definition.name} takes the arguments that fit its schema and no others`, () => {
      const [least = {}, all = {}] = sampleArguments(definition['inputSchema']);

      assert.doesNotThrow(() => tool.prepare(least));
      assert.throws(() => tool.prepare({ ...all, unheard_of: 1 }), ToolInputError);
      for (const name of Object.keys(least)) {
        const { [name]: _, ...rest } = least;
        assert.throws(() => tool.prepare(rest), ToolInputError);
      }
      assert.deepEqual(
        Object.keys(tool.prepare(all).parameters).filter((name) => OCTOKITS_OWN.includes(name)),
        [],
      );
    });
  }

  it('are documented, each with what it does', async () => {
    const page = await readFile(new URL('../../../docs/servers/github.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `(\w+)` \| ([a-z ]+) \| `(.+)` \|$/gm)].map(([, ...cells]) => cells);

    const expected = GITHUB_TOOLS.map((tool) => {
      const { readOnlyHint, destructiveHint, idempotentHint } = annotationsOf(tool);
      const adds = idempotentHint ? 'adds once' : 'adds';
      const effect = readOnlyHint ? 'reads' : destructiveHint ? 'replaces' : adds;
      return [tool.definition.name, effect, routeOf(tool)];
    });
    assert.deepEqual(rows, expected);
    assert.ok(page.includes(`as ${GITHUB_TOOLS.length} tools`));
  });

  it('delete, replace or end nothing without a hint', () => {
    const changing = GITHUB_TOOLS.filter(({ route }) => /^(DELETE|PATCH|PUT) /.test(route));
    const harmless = changing.filter((tool) => annotationsOf(tool).destructiveHint === false);

    assert.deepEqual(
      harmless.map(({ definition }) => definition.name),
      ['mark_notification_read'],
    );
  });
});

it('no argument leads to another request than that of its tool', () => {
  const nasty = fc.constantFrom(
    '.',
    '..',
    '%2e%2e',
    '../x',
    'a/../b',
    'a/..',
    '/',
    '//x',
    'a?b',
    'a#b',
    '.%2e',
    '\\..',
    '',
  );
  const value = fc.oneof(
    nasty,
    fc.string({ maxLength: 20 }),
    fc.tuple(nasty, nasty).map(([a, b]) => `${a}/${b}`),
  );
  const { endpoint } = new Octokit().request;

  fc.assert(
    fc.property(fc.constantFrom(...GITHUB_TOOLS), fc.array(value, { minLength: 12, maxLength: 12 }), (tool, values) => {
      const [, all = {}] = sampleArguments(tool.definition['inputSchema']);
      const texts = Object.entries(all).filter(([, sample]) => typeof sample === 'string');
      for (const [i, [name]] of texts.entries()) {
        const prepared = attempt(() => tool.prepare({ ...all, [name]: values[i] ?? '' }));
        if (prepared === undefined) continue;
        const { url } = endpoint(tool.route, { ...prepared.parameters });
        const template = routeOf(tool).replace(/^\w+ /, '');
        const pattern = new RegExp(`^${template.replaceAll(/\/\{\w+\}/g, '(/[^/?#]+)?')}$`);

        assert.match(new URL(url).pathname, pattern);
        assert.ok(url.startsWith(`https://api.github.com${new URL(url).pathname}`));
      }
    }),
    { numRuns: 500 },
  );
});

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof ToolInputError) return undefined;
    throw error;
  }
}
