import type { TestContext } from 'node:test';
import { createGithubUpstream } from '../../../lambdas/adapters/upstreams/github/github-upstream.ts';
import type { JsonObject } from '../../../lambdas/hub/json.ts';
import type { Upstream, CallAnswer, UpstreamTarget } from '../../../lambdas/hub/upstreams/upstream.ts';
import { egressFor } from '../egress.ts';
import { callOf, contextOf, HUB_ID, secretOf, targetOf } from '../upstreams/upstream-under-test.ts';

export const TOKEN = 'github_pat_canary';

/** The adapter as the hub wires it, but for an API on this machine. */
export function githubFor(t: TestContext, { now = Date.now } = {}): Upstream {
  return createGithubUpstream({ egress: egressFor(t), hubId: HUB_ID, now });
}

export function githubTarget(url: string, token = TOKEN): UpstreamTarget {
  const secret = secretOf(new URL(url).origin, { credential: { type: 'bearer', token } });
  return targetOf(url, { slug: 'github', adapter: 'github', secret });
}

export interface GithubCaller {
  (tool: string, args: JsonObject): Promise<CallAnswer>;
}

/** Calls tools of an API at one address, with a credential. */
export function githubCaller(
  t: TestContext,
  url: string,
  options: { now?: () => number; silenceMs?: number } = {},
): GithubCaller {
  const { now = Date.now, ...context } = options;
  const upstream = githubFor(t, { now });
  return (tool, args) => upstream.callTool(githubTarget(url), callOf(tool, args), contextOf(context));
}
