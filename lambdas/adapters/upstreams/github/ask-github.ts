import { Octokit } from '@octokit/core';
import { RequestError } from '@octokit/request-error';
import type { GithubAnswer, GithubCall, GithubTool, ToolResult } from '../../../hub/system/github/github-tool.ts';
import { ToolInputError } from '../../../hub/system/rest-tool.ts';
import type { UpstreamContext, UpstreamTarget } from '../../../hub/upstreams/upstream.ts';
import type { Egress } from '../../egress/egress.ts';
import type { FetchLike } from '../../egress/guarded-fetch.ts';
import { type ApiRequest, statusFailure, transportFailure } from '../http-failure.ts';
import { requestScope, secretValues } from '../request-scope.ts';
import { untilSilent } from '../until-silent.ts';
import { fetchLog } from './fetch-log.ts';
import { type GithubResponse, discard, readAnswer } from './read-answer.ts';
import { refusalOf } from './refusal.ts';
import { withinApi } from './within-api.ts';

export interface GithubDeps {
  readonly egress: Egress;
  /** This hub's mark in the header that stops call loops. */
  readonly hubId: string;
  readonly now: () => number;
}

export interface GithubQuestion {
  readonly target: UpstreamTarget;
  readonly context: UpstreamContext;
  readonly tool: GithubTool;
  readonly call: GithubCall;
}

/** A page of 100 pull requests, with the two repositories that GitHub repeats in each, has about 2.5 MB. */
const MAX_RESPONSE_BYTES = 5 * 1024 * 1024;
/** The version that the tools are written for. https://docs.github.com/rest/about-the-rest-api/api-versions */
const VERSION = { 'x-github-api-version': '2022-11-28' };
/** The guard takes no longer addresses. */
const MAX_URL_LENGTH = 2_048;

/** Refuses arguments that make no address which the guard takes: before anything is sent, so that nothing is in doubt. */
export function assertAddressable({ target, tool, call }: GithubQuestion): void {
  const options = { ...optionsOf(tool, call), baseUrl: baseUrlOf(target.url) };
  if (NOBODY.request.endpoint(tool.route, options).url.length > MAX_URL_LENGTH) {
    throw new ToolInputError('the arguments are too long for the address of a request; shorten them');
  }
}

/** Asks GitHub once. What goes wrong comes out as a `HubError`, or as a `ToolInputError` where GitHub explained it. */
export async function askGithub(deps: GithubDeps, question: GithubQuestion): Promise<ToolResult> {
  const { target, tool, call } = question;
  const deadline = untilSilent(question.context, deps.now());
  const request = (): ApiRequest => ({ deadline, now: deps.now(), mayTakeEffect: !tool.reads });
  try {
    return call.present(await ask(deps, { ...question, context: { ...question.context, deadline } }, request));
  } catch (error) {
    if (error instanceof ToolInputError) throw error;
    if (!(error instanceof RequestError)) throw transportFailure(error, request());
    // Octokit wraps whatever the guarded fetch fails with.
    if (error.response === undefined) throw transportFailure(error.cause, request());
    throw refusalOf(error.response, secretValues(target), request());
  }
}

async function ask(deps: GithubDeps, question: GithubQuestion, request: () => ApiRequest): Promise<GithubAnswer> {
  const { target, context, tool } = question;
  const base = deps.egress.parse(target.url);
  const scope = requestScope({ target, url: base, context, hubId: deps.hubId, maxResponseBytes: MAX_RESPONSE_BYTES });
  const octokit = octokitFor(base, deps.egress.fetchFor({ ...scope, handsOutRedirects: true }));
  const response = await send(octokit, base, question);
  if (response.status < 300) return readAnswer(response, tool.answers);
  await discard(response);
  const { location = '' } = response.headers;
  if (tool.answers === 'log') return fetchLog(deps, { target, context, location });
  throw statusFailure({ status: response.status, retryAfter: null }, request());
}

/** Sends the request, and once more to where the API has moved what is only read. */
async function send(octokit: Octokit, base: URL, { tool, call }: GithubQuestion): Promise<GithubResponse> {
  const response: GithubResponse = await octokit.request(tool.route, optionsOf(tool, call));
  const moved = response.status < 300 ? undefined : withinApi(base, response.headers.location ?? '');
  if (moved === undefined) return response;
  await discard(response);
  if (!tool.reads) throw new ToolInputError(MOVED);
  return octokit.request(`GET ${moved.href}`, formOf(tool));
}

function optionsOf(tool: GithubTool, call: GithubCall) {
  return { ...call.parameters, ...formOf(tool) };
}

function formOf(tool: GithubTool) {
  return { headers: VERSION, mediaType: { format: tool.answers === 'diff' ? 'diff' : '' } };
}

const MOVED =
  'the repository was renamed or moved, and nothing was changed; read it with get_repository, and use its new name';

/** Without credential: it is the guarded fetch that has it. Octokit would follow redirects, and print warnings. */
function octokitFor(base: URL, fetch: FetchLike): Octokit {
  const request = { fetch, log: SILENT, redirect: 'manual' as const, parseSuccessResponseBody: false };
  return new Octokit({ baseUrl: baseUrlOf(base.href), log: SILENT, request });
}

function baseUrlOf(href: string): string {
  return href.replace(/\/$/, '');
}

const ignore = () => {};
const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };
/** Makes addresses, and sends nothing. */
const NOBODY = new Octokit({ log: SILENT });
