import * as z from 'zod';
import { HubError } from '../lambdas/hub/hub-error.ts';
import type { JsonObject } from '../lambdas/hub/json.ts';
import type { Discoverer, Upstream, UpstreamContext, UpstreamTarget } from '../lambdas/hub/upstreams/upstream.ts';
import { compareDefinitions } from './compare-definitions.ts';
import type { Fact, LiveCall, LiveService } from './live-service.ts';

/** What was asked, what came of it, and what holds of that. */
export interface Check extends Found {
  readonly asked: string;
  readonly tookMs: number;
}

interface Found {
  readonly outcome: string;
  /** As it came; not yet fit to be shown. */
  readonly cameBack: string;
  readonly facts: readonly Fact[];
}

export interface CheckInput {
  readonly service: LiveService;
  readonly upstream: Upstream & Partial<Discoverer>;
  readonly target: UpstreamTarget;
  readonly now: () => number;
}

const DEADLINE_MS = 60_000;

/** Asks a service everything that its checks ask, one after the other, whatever comes of each. */
export async function* checkService({ service, upstream, target, now }: CheckInput): AsyncGenerator<Check> {
  const { server, calls } = service;
  const check = async (asked: string, work: (context: UpstreamContext) => Promise<Found>): Promise<Check> => {
    const began = now();
    const deadline = { at: began + DEADLINE_MS, signal: AbortSignal.timeout(DEADLINE_MS) };
    const found = await work({ deadline, via: [] }).catch(unanswered);
    return { asked, ...found, tookMs: now() - began };
  };
  const { discover } = upstream;
  if (discover !== undefined) {
    yield check('what it offers', async (context) => {
      const { tools } = await discover(target, context);
      const cameBack = tools.map(({ name }) => name).join(', ');
      return { outcome: 'answered', cameBack, facts: compareDefinitions(server, tools) };
    });
  }
  for (const call of calls) {
    const { tool: name, arguments: args } = call;
    const definition = server.tools.find((tool) => tool.definition.name === name)?.definition;
    if (definition === undefined) throw new Error(`the check asks for a tool that the code does not have: ${name}`);
    yield check(name, async (context) => {
      const answer = await upstream.callTool(target, { name, arguments: args, definition }, context);
      return judge(call, answer.kind === 'complete' ? answer.result : {});
    });
  }
}

function judge({ facts }: LiveCall, result: JsonObject): Found {
  const value = valueIn(result);
  return {
    outcome: result['isError'] === true ? 'error result' : 'answered',
    cameBack: JSON.stringify(value ?? result),
    facts: Object.entries(facts).map(([words, schema]) => ({ words, holds: schema.safeParse(value).success })),
  };
}

const withText = z.looseObject({ content: z.array(z.looseObject({ text: z.string() })).min(1) });

/** The structured content, or the JSON in the text where there is no other. */
function valueIn(result: JsonObject): unknown {
  if (result['structuredContent'] !== undefined) return result['structuredContent'];
  const text = withText.safeParse(result).data?.content[0]?.text;
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

function unanswered(error: unknown): Found {
  if (!(error instanceof HubError)) throw error;
  const said = error.details['jsonRpcMessage'];
  const outcome = `${error.code}: ${error.message}${typeof said === 'string' ? ` (${said})` : ''}`;
  return { outcome, cameBack: '', facts: [{ words: 'an answer', holds: false }] };
}
