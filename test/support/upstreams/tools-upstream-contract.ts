import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { inspect } from 'node:util';
import type { HubErrorCode } from '../../../lambdas/hub/hub-error.ts';
import { Secret } from '../../../lambdas/hub/secret.ts';
import type { ToolCall, Upstream, UpstreamTarget } from '../../../lambdas/hub/upstreams/upstream.ts';
import type { MisbehavingApi, Misbehaviour } from './misbehaving-api.ts';
import { callOf, contextOf, failure, resultOf } from './upstream-under-test.ts';

/** The credential that the subject's target carries; its server wants it. */
export const CREDENTIAL = 'canary-7f3a9b-credential';

/** An adapter, and a server of the kind that it speaks to. */
export interface ToolsUpstream {
  readonly upstream: Upstream;
  readonly server: Pick<MisbehavingApi, 'requests' | 'misbehave' | 'silence' | 'trap'>;
  readonly target: UpstreamTarget;
  /** Changes nothing, and is answered. */
  readonly call: ToolCall;
  /** The same tool with arguments that do not fit. */
  readonly wrongCall: ToolCall;
  /** Changes something, where a tool does. */
  readonly effect: ToolCall | undefined;
}

export interface ToolsUpstreamContract {
  /** A new one for each test, which ends with it. */
  readonly start: (t: TestContext) => Promise<ToolsUpstream>;
  /** What the server can do wrong: not every protocol has every way. */
  readonly misbehaviours: readonly Misbehaviour[];
}

const MS = 400;

/** What comes of a call when the server misbehaves, and whether it is then open what became of the call. */
const FAILURES: Record<Exclude<Misbehaviour, 'echoing'>, { code: HubErrorCode; isOpen: boolean }> = {
  silent: { code: 'upstream_timeout', isOpen: true },
  unauthorized: { code: 'upstream_unauthorized', isOpen: false },
  failing: { code: 'upstream_error', isOpen: true },
  redirecting: { code: 'upstream_redirected', isOpen: false },
  endless: { code: 'upstream_response_too_large', isOpen: true },
};

/** What every upstream does that has tools and nothing else, whatever it speaks to its server. */
export function toolsUpstreamContract(name: string, contract: ToolsUpstreamContract): void {
  describe(name, () => {
    describeCalls(contract);
    describeFailures(contract);
    describeCredentials(contract);
    describeTheRest(contract);
  });
}

function describeCalls({ start }: ToolsUpstreamContract): void {
  it('a call is answered with structured content and with text', async (t) => {
    const { upstream, target, call } = await start(t);

    const { structuredContent, content, isError } = await resultOf(upstream.callTool(target, call, contextOf()));

    assert.ok(typeof structuredContent === 'object' && structuredContent !== null);
    assert.match(textOf(content), /\S/);
    assert.notEqual(isError, true);
  });

  it('a tool that the server does not have is not found, and nothing is sent', async (t) => {
    const { upstream, server, target } = await start(t);

    for (const unknown of ['no_such_tool', 'toString', '__proto__', '']) {
      await failure(upstream.callTool(target, callOf(unknown), contextOf()), 'tool_not_found');
    }

    assert.deepEqual(server.requests, []);
  });

  it('arguments that do not fit are an error result that says so, and nothing is sent', async (t) => {
    const { upstream, server, target, wrongCall } = await start(t);

    const answer = await upstream.callTool(target, wrongCall, contextOf());

    const { isError, content } = await resultOf(Promise.resolve(answer));
    assert.equal(isError, true);
    assert.ok('nothingSent' in answer);
    assert.match(textOf(content), /\S/);
    assert.deepEqual(server.requests, []);
  });

  it('a caller that goes away takes its request along', async (t) => {
    const { upstream, server, target, call } = await start(t);
    const caller = new AbortController();
    const deadline = { at: Date.now() + 60_000, signal: caller.signal };
    server.misbehave('silent');

    const calling = failure(upstream.callTool(target, call, { ...contextOf(), deadline }), 'upstream_timeout');
    const { hungUp } = await server.silence;
    caller.abort();

    await Promise.all([calling, hungUp]);
  });
}

function describeFailures({ start, misbehaviours }: ToolsUpstreamContract): void {
  for (const misbehaviour of misbehaviours) {
    if (misbehaviour === 'echoing') continue;
    const { code, isOpen } = FAILURES[misbehaviour];
    it(`a server that is ${misbehaviour} is ${code}, is asked once and is not quoted`, async (t) => {
      const { upstream, server, target, call, effect } = await start(t);
      server.misbehave(misbehaviour);

      const context = () => contextOf({ ms: misbehaviour === 'silent' ? MS : 10_000 });
      const error = await failure(upstream.callTool(target, call, context()), code);

      assert.equal(error.details['outcome'], undefined);
      assertDiscreet(error);
      assert.equal(server.requests.length, 1);
      if (effect === undefined) return;
      const ambiguous = await failure(upstream.callTool(target, effect, context()), code);
      assert.equal(ambiguous.details['outcome'], isOpen ? 'unknown' : undefined);
      assert.equal(server.requests.length, 2);
    });
  }
}

function describeCredentials({ start, misbehaviours }: ToolsUpstreamContract): void {
  it('the credential goes to the server and nowhere else', async (t) => {
    const { upstream, server, target, call } = await start(t);
    if (misbehaviours.includes('redirecting')) server.misbehave('redirecting');

    const outcome = await upstream.callTool(target, call, contextOf()).catch((error: unknown) => error);

    assert.ok(server.requests.length > 0);
    for (const request of server.requests) assert.match(JSON.stringify(request), new RegExp(CREDENTIAL));
    assert.deepEqual(server.trap.requests, []);
    assertDiscreet(outcome);
  });

  it('a credential of another origin is refused, and nothing is sent', async (t) => {
    const { upstream, server, target, call } = await start(t);
    const secret = target.secret?.reveal();
    assert.ok(secret !== undefined);
    const elsewhere = { ...target, secret: new Secret({ ...secret, origin: 'https://elsewhere.example' }) };

    const error = await failure(upstream.callTool(elsewhere, call, contextOf()), 'credential_required');

    assertDiscreet(error);
    assert.deepEqual(server.requests, []);
  });

  if (!misbehaviours.includes('echoing')) return;
  it('a refusal that repeats the credential is shown without it', async (t) => {
    const { upstream, server, target, call } = await start(t);
    server.misbehave('echoing');

    const { isError, content } = await resultOf(upstream.callTool(target, call, contextOf()));

    assert.equal(isError, true);
    assert.match(textOf(content), /you sent .*\[redacted\]/);
    assert.doesNotMatch(textOf(content), /\p{Cc}/u);
    assertDiscreet(content);
  });
}

function describeTheRest({ start }: ToolsUpstreamContract): void {
  it('there are no resources, no prompts and no completions', async (t) => {
    const { upstream, server, target } = await start(t);
    const prompt = { name: 'greet', arguments: {} };
    const request = { ref: { type: 'ref/prompt', name: 'greet' }, argument: { name: 'who', value: 'A' } } as const;

    await failure(upstream.readResource(target, 'file:///a', contextOf()), 'resource_not_found');
    await failure(upstream.getPrompt(target, prompt, contextOf()), 'prompt_not_found');
    const completion = await upstream.complete(target, request, contextOf());

    assert.equal(completion, undefined);
    assert.deepEqual(server.requests, []);
  });
}

function textOf(content: unknown): string {
  assert.ok(Array.isArray(content));
  const texts: unknown[] = content.map((block: { type?: unknown; text?: unknown }) => {
    assert.equal(block.type, 'text');
    return block.text;
  });
  return texts.join('\n');
}

function assertDiscreet(outcome: unknown): void {
  assert.doesNotMatch(inspect(outcome, { depth: 20, showHidden: true }), /canary-7f3a9b/);
}
