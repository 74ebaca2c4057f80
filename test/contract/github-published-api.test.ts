import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Octokit } from '@octokit/core';
import type { GithubTool } from '../../lambdas/hub/system/github/github-tool.ts';
import { GITHUB_TOOLS } from '../../lambdas/hub/system/github/tools.ts';
import { ToolInputError } from '../../lambdas/hub/system/rest-tool.ts';
import {
  type Operation,
  type Parameter,
  PUBLISHED,
  type PublishedApi,
  publishedApi,
} from '../support/github/published-api.ts';
import { sampleAnswers } from '../support/github/sample-answer.ts';
import { sampleArguments } from '../support/github/sample-arguments.ts';

for (const name of PUBLISHED) {
  describe(`what ${name} publishes of its API`, () => {
    const api = publishedApi(name);
    for (const tool of GITHUB_TOOLS) {
      // Octokit's way of writing a query parameter into the route is none of GitHub's.
      const route = tool.route.replace(/\{\?.*\}$/, '');

      it(`has the request of ${tool.definition.name}, with every argument that the tool takes`, () => {
        const operation = api.operation(route);

        assert.ok(operation !== undefined, `${route} is not published`);
        assert.equal(operation.isDeprecated, false);
        for (const args of sampleArguments(tool.definition['inputSchema'])) {
          assert.deepEqual(faultsOf(api, operation, requestOf(tool, args), route), [], JSON.stringify(args));
        }
      });

      if (tool.answers !== 'json') continue;
      it(`has everything that ${tool.definition.name} shows of an answer`, () => {
        const answers = api.operation(route)?.answers.flatMap((part) => sampleAnswers(api, part)) ?? [];
        const [, args = {}] = sampleArguments(tool.definition['inputSchema']);
        const call = tool.prepare(args);

        const presented = answers.filter(({ value }) => isPresented(() => call.present({ data: value, nextPage: 2 })));

        assert.deepEqual(
          presented.flatMap(({ unpublished }) => [...unpublished]),
          [],
        );
        assert.equal(presented.length > 0, answers.length > 0);
      });
    }
  });
}

interface SentRequest {
  readonly url: URL;
  readonly body: unknown;
}

function requestOf(tool: GithubTool, args: Parameters<GithubTool['prepare']>[0]): SentRequest {
  const { url, body } = new Octokit().request.endpoint(tool.route, { ...tool.prepare(args).parameters });
  return { url: new URL(url), body };
}

function faultsOf(api: PublishedApi, operation: Operation, { url, body }: SentRequest, route: string): string[] {
  const inQuery = operation.parameters.filter((parameter) => parameter.in === 'query');
  const query = [...url.searchParams].flatMap(([name, value]) => {
    const known = inQuery.find((parameter) => parameter.name === name);
    return known === undefined
      ? [`the query parameter ${name} is not published`]
      : api.faults(known.schema, typed(known, value));
  });
  const missing = inQuery.filter(({ required, name }) => required && !url.searchParams.has(name));
  return [
    ...pathFaults(api, operation, url, route),
    ...query,
    ...missing.map(({ name }) => `the query parameter ${name} is missing`),
    ...bodyFaults(api, operation, body),
  ];
}

function pathFaults(api: PublishedApi, { parameters }: Operation, url: URL, route: string): readonly string[] {
  const [, template = ''] = route.split(' ');
  const pattern = template.replace(/\/\{(\w+)\}/g, (_whole, name) =>
    name === 'path' ? `/?(?<${name}>[^/]*)` : `/(?<${name}>[^/]+)`,
  );
  const segments = new RegExp(`^${pattern}$`).exec(url.pathname)?.groups;
  if (segments === undefined && template.includes('{')) return [`${url.pathname} is not ${template}`];
  return Object.entries(segments ?? {}).flatMap(([name, value]) => {
    const known = parameters.find((parameter) => parameter.in === 'path' && parameter.name === name);
    if (known === undefined) return [`the path parameter ${name} is not published`];
    return api.faults(known.schema, typed(known, decodeURIComponent(value)));
  });
}

function bodyFaults(api: PublishedApi, operation: Operation, body: unknown): readonly string[] {
  if (operation.body === undefined) return typeof body === 'object' ? ['a body is not published'] : [];
  const sent = typeof body === 'object' && body !== null ? body : {};
  const [sample] = sampleAnswers(api, operation.body);
  const known = Object.keys(Object(sample?.value));
  const unknown = Object.keys(sent).filter((name) => !known.includes(name));
  return [...unknown.map((name) => `the member ${name} is not published`), ...api.faults(operation.body, sent)];
}

/** A path and a query have only text. */
function typed({ schema }: Parameter, value: string): unknown {
  if (schema['type'] === 'integer') return Number(value);
  return schema['type'] === 'boolean' ? value === 'true' : value;
}

/** A tool says of an answer of the other form that it is not meant for it. */
function isPresented(present: () => unknown): boolean {
  try {
    present();
    return true;
  } catch (error) {
    if (error instanceof ToolInputError) return false;
    throw error;
  }
}
