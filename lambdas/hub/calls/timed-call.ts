import { HubError } from '../hub-error.ts';
import type { UpstreamContext } from '../upstreams/upstream.ts';
import type { createCallTool } from './call-tool.ts';
import type { DurationStore } from './duration-store.ts';
import type { CallableTool } from './find-tool.ts';
import { learnDuration } from './learn-duration.ts';

export interface TimedCallDependencies {
  readonly callTool: ReturnType<typeof createCallTool>;
  readonly durations: DurationStore;
  readonly now: () => number;
  /** Is told when something could not be written down, which the caller need not know. */
  readonly report: (error: unknown) => void;
}

/** Calls a tool, and learns from how long that took. Only what contradicts the estimate costs a write. */
export function createTimedCall({ callTool, durations, now, report }: TimedCallDependencies): typeof callTool {
  return async (callable, args, context) => {
    const startedAt = now();
    try {
      const answer = await callTool(callable, args, context);
      if (answer.kind === 'complete') await learn(callable, now() - startedAt);
      return answer;
    } catch (error) {
      if (ranOutOfTime(error, context, now())) await learn(callable, now() - startedAt);
      throw error;
    }
  };

  async function learn({ server, tool }: CallableTool, tookMs: number): Promise<void> {
    const expected = learnDuration(tool.metadata.estimatedDurationMs, tookMs);
    if (expected === undefined) return;
    const { tenantId, slug, serverId } = server;
    await durations.write(tenantId, { slug, serverId, exposedName: tool.exposedName }, expected).catch(report);
  }
}

/** It takes at least so long. A caller that went away early says nothing of the tool. */
function ranOutOfTime(error: unknown, { deadline }: UpstreamContext, now: number): boolean {
  return error instanceof HubError && error.code === 'upstream_timeout' && now >= deadline.at;
}
