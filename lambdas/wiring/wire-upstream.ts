import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoCircuitStore } from '../adapters/dynamo/dynamo-circuit-store.ts';
import { createEgress, type Egress } from '../adapters/egress/egress.ts';
import { createUpstreamByAdapter } from '../adapters/upstreams/by-adapter.ts';
import { toolsOnly } from '../adapters/upstreams/tools-only.ts';
import { createCircuitBreaker } from '../hub/limits/circuit-breaker.ts';
import { isRestServer } from '../hub/system/rest-tool.ts';
import { loadSystemServers } from '../hub/system/system-servers.ts';
import type { Discoverer, Upstream } from '../hub/upstreams/upstream.ts';
import { describeError, logger } from '../runtime/logger.ts';
import { once } from './once.ts';
import type { wireMcp } from './wire-mcp.ts';

/** Settings of a function that speaks to servers. */
export interface UpstreamSettings {
  readonly limitsTable: string;
  readonly egressAllowLoopback: boolean;
  readonly egressPorts: readonly string[];
  readonly hubOrigins: readonly string[];
  readonly hubId: string;
}

export interface WiredUpstream {
  readonly egress: Egress;
  /** To every kind of server, each left alone while it does not answer. */
  readonly upstream: Upstream;
  readonly discoverer: Discoverer;
}

export interface UpstreamParts {
  readonly dynamo: DynamoDBClient;
  readonly now: () => number;
  /** A function that hardly ever calls without it has it at hand; others load it when it is first needed. */
  readonly loadMcp: () => Promise<typeof wireMcp>;
}

/** Browsers are driven by a function of its own, from jobs. Of their servers, only what is no tool is asked for here. */
const ELSEWHERE = toolsOnly(({ slug }) => Promise.reject(new Error(`this function calls no tools of ${slug}`)));

/** The way to all servers, as every function has it that calls them. */
export function wireUpstream(env: UpstreamSettings, { dynamo, now, loadMcp }: UpstreamParts): WiredUpstream {
  const egress = createEgress({
    allowLoopback: env.egressAllowLoopback,
    ports: env.egressPorts.map(Number),
    ownOrigins: env.hubOrigins,
  });
  const mcp = once(async () => (await loadMcp())({ egress, hubId: env.hubId, now }));
  const rest = once(async () => {
    const { createRestUpstream } = await import('../adapters/upstreams/rest/rest-upstream.ts');
    const servers = (await loadSystemServers()).filter(isRestServer);
    return createRestUpstream({ egress, hubId: env.hubId, now, servers });
  });
  const github = once(async () => {
    const { createGithubUpstream } = await import('../adapters/upstreams/github/github-upstream.ts');
    return createGithubUpstream({ egress, hubId: env.hubId, now });
  });
  const upstream = createCircuitBreaker({
    upstream: createUpstreamByAdapter({ mcp, rest, github, browser: () => Promise.resolve(ELSEWHERE) }),
    circuits: createDynamoCircuitStore(dynamo, env.limitsTable),
    now,
    report: (error) => logger.warn('the outcome of a call was not noted', describeError(error)),
  });
  return {
    egress,
    upstream,
    discoverer: { discover: async (target, context) => (await mcp()).discover(target, context) },
  };
}
