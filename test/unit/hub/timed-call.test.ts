import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TimedTool } from '../../../lambdas/hub/calls/duration-store.ts';
import type { CallableTool } from '../../../lambdas/hub/calls/find-tool.ts';
import { createTimedCall } from '../../../lambdas/hub/calls/timed-call.ts';
import { HubError } from '../../../lambdas/hub/hub-error.ts';
import type { UpstreamAnswer } from '../../../lambdas/hub/upstreams/upstream.ts';
import { sampleServer } from '../../support/sample-server.ts';

const COMPLETE: UpstreamAnswer = { kind: 'complete', result: {} };
const ASKING: UpstreamAnswer = { kind: 'input_required', inputRequests: {}, requestState: 'state' };
const timedOut = () => new HubError('upstream_timeout', 'the server did not answer in time');

/** A call of a tool that is expected to take two seconds, and took so long. */
async function calling(tookMs: number, outcome: () => UpstreamAnswer, writing?: () => Promise<void>) {
  let clock = 1_000;
  const learned: [TimedTool, number][] = [];
  const reported: unknown[] = [];
  const call = createTimedCall({
    callTool: async () => {
      clock += tookMs;
      return outcome();
    },
    durations: {
      write: async (_tenantId, tool, ms) => {
        learned.push([tool, ms]);
        await writing?.();
      },
    },
    now: () => clock,
    report: (error) => reported.push(error),
  });
  const deadline = { at: 27_000, signal: new AbortController().signal };
  const answer = await call(callable(), {}, { deadline, via: [] }).catch((error: unknown) => error);
  return { answer, learned, reported };
}

function callable(): CallableTool {
  const metadata = { category: 'other', tags: [], priority: 50, estimatedDurationMs: 2_000 } as const;
  const definition = { name: 'slow' };
  const tool = {
    exposedName: 'srv_slow',
    definition,
    hash: '',
    metadata,
    state: 'active',
    approved: undefined,
  } as const;
  const counts = { tools: 1, quarantined: 0, resources: 0, resourceTemplates: 0, prompts: 0 };
  const features = { completions: false, logging: false };
  const server = sampleServer('srv');
  const { serverId, slug, revision } = server;
  const known = { slug, serverId, revision, features, counts, rejected: [], syncedAt: 0 };
  const head = { ...known, negotiated: undefined, serverInfo: undefined, instructions: undefined };
  return { server, head, tool, circuit: { failures: 0, openUntil: 0 }, safeToRepeat: false };
}

describe('a timed call', () => {
  it('learns that a tool takes longer than was guessed', async () => {
    const { answer, learned } = await calling(25_000, () => COMPLETE);

    assert.equal(answer, COMPLETE);
    assert.deepEqual(learned, [[{ slug: 'srv', serverId: 'id-of-srv', exposedName: 'srv_slow' }, 25_000]]);
  });

  it('writes nothing for a tool that is as quick as was guessed', async () => {
    assert.deepEqual((await calling(3_000, () => COMPLETE)).learned, []);
  });

  it('learns from a call that ran out of time, for it takes at least so long', async () => {
    const { answer, learned } = await calling(26_000, () => {
      throw timedOut();
    });

    assert.ok(answer instanceof HubError);
    assert.deepEqual(
      learned.map(([, ms]) => ms),
      [26_000],
    );
  });

  it('learns nothing from a caller that went away, nor from a tool that asks back', async () => {
    const gone = await calling(12_000, () => {
      throw timedOut();
    });
    const asking = await calling(12_000, () => ASKING);

    assert.deepEqual([...gone.learned, ...asking.learned], []);
  });

  it('answers all the same when nothing could be written down', async () => {
    const { answer, reported } = await calling(
      25_000,
      () => COMPLETE,
      () => Promise.reject(timedOut()),
    );

    assert.equal(answer, COMPLETE);
    assert.equal(reported.length, 1);
  });
});
