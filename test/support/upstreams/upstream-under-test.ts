import assert from 'node:assert/strict';
import { CLOSED } from '../../../lambdas/hub/upstreams/circuit.ts';
import type { TestContext } from 'node:test';
import { createLegacySessions } from '../../../lambdas/adapters/upstreams/mcp/legacy-sessions.ts';
import { createMcpUpstream } from '../../../lambdas/adapters/upstreams/mcp/mcp-upstream.ts';
import { createNegotiatedEras } from '../../../lambdas/adapters/upstreams/mcp/negotiated-eras.ts';
import { HubError, type HubErrorCode } from '../../../lambdas/hub/hub-error.ts';
import type { JsonObject } from '../../../lambdas/hub/json.ts';
import { tenantIdSchema } from '../../../lambdas/hub/principal.ts';
import { Secret } from '../../../lambdas/hub/secret.ts';
import type {
  Discoverer,
  Interaction,
  ToolCall,
  Upstream,
  CallAnswer,
  UpstreamContext,
  UpstreamSecret,
  UpstreamTarget,
} from '../../../lambdas/hub/upstreams/upstream.ts';
import { egressFor } from '../egress.ts';

export const HUB_ID = 'hub-under-test';

/** The adapter as the hub wires it, but for upstreams on this machine. */
export function mcpUpstreamFor(t: TestContext, { now = Date.now } = {}): Upstream & Discoverer {
  return createMcpUpstream({ egress: egressFor(t), hubId: HUB_ID, sessions: createLegacySessions({ now }), now });
}

/** The same, with the memory of how servers are spoken to of which nothing is stored. */
export function rememberingUpstreamFor(t: TestContext): Upstream & Discoverer {
  const kept = { sessions: createLegacySessions({ now: Date.now }), eras: createNegotiatedEras() };
  return createMcpUpstream({ egress: egressFor(t), hubId: HUB_ID, now: Date.now, ...kept });
}

export function targetOf(url: string, settings: Partial<UpstreamTarget> = {}): UpstreamTarget {
  const tenantId = tenantIdSchema.parse('acme');
  return {
    tenantId,
    serverId: 'server',
    slug: 'server',
    revision: 1,
    adapter: 'mcp',
    url,
    transport: 'auto',
    secret: undefined,
    negotiated: undefined,
    circuit: CLOSED,
    ...settings,
  };
}

export function secretOf(origin: string, settings: Partial<UpstreamSecret>): Secret<UpstreamSecret> {
  return new Secret({ origin, headers: {}, credential: { type: 'none' }, ...settings });
}

interface ContextSettings extends Partial<Pick<UpstreamContext, 'via' | 'trace' | 'silenceMs'>> {
  readonly ms?: number;
  readonly interaction?: Partial<Interaction>;
}

export function contextOf({ ms = 10_000, via = [], interaction, ...more }: ContextSettings = {}): UpstreamContext {
  return {
    deadline: { at: Date.now() + ms, signal: AbortSignal.timeout(ms) },
    via,
    ...(interaction && { interaction: interactionOf(interaction) }),
    ...more,
  };
}

/** A caller that offers nothing, but for what it is given. */
function interactionOf(settings: Partial<Interaction>): Interaction {
  return {
    capabilities: {},
    takesTasks: false,
    logLevel: undefined,
    inputResponses: undefined,
    requestState: undefined,
    onProgress: undefined,
    onLog: () => {},
    ...settings,
  };
}

export function callOf(name: string, args: JsonObject = {}, definition: JsonObject = {}): ToolCall {
  return { name, arguments: args, definition: { inputSchema: { type: 'object' }, ...definition, name } };
}

/** What a request is answered with that needs nothing more. */
export async function resultOf(answer: Promise<CallAnswer>): Promise<JsonObject> {
  const settled = await answer;
  assert.ok(settled.kind === 'complete', `expected a result, got ${settled.kind}`);
  return settled.result;
}

/** The error that a promise fails with, which has to be the hub's and of this code. */
export async function failure(work: Promise<unknown>, code: HubErrorCode): Promise<HubError> {
  const error = await work.then(
    (value) => assert.fail(`expected ${code}, got ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof HubError, `expected a HubError, got ${String(error)}`);
  assert.equal(error.code, code, `${error.message} (${String(error.cause)})`);
  return error;
}
