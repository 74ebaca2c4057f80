import type { UpstreamAnswer } from '../../../hub/upstreams/upstream.ts';
import type { Connection } from './connect.ts';
import { isSessionExpired } from './legacy-sessions.ts';
import { readAnswer } from './read-answer.ts';
import { type Question, sendQuestion } from './send-question.ts';
import { type UpstreamUseDeps, type UseInput, useUpstream } from './upstream-use.ts';

const MAX_RESULT_BYTES = 5 * 1024 * 1024;

/** Asks a server something, once, in a session that is there already or in one of its own. */
export function askUpstream(
  deps: UpstreamUseDeps,
  { target, context }: Pick<UseInput, 'target' | 'context'>,
  question: Question,
): Promise<UpstreamAnswer> {
  return useUpstream(deps, { target, context, maxResponseBytes: MAX_RESULT_BYTES }, async (use) => {
    const askOn = async (connection: Connection) => {
      if (question.method === 'tools/call') use.mayTakeEffect();
      const result = await use.during(connection, () => sendQuestion(connection, question, use.requestOptions()));
      return readAnswer(connection, result);
    };
    const idle = use.takeIdle();
    if (idle === undefined) return askOn(await use.open(target.negotiated));
    try {
      return await askOn(idle);
    } catch (error) {
      if (!isSessionExpired(idle, error)) throw error;
    }
    // The server refused the session before it looked at the request, so it may be sent again, once.
    return askOn(await use.open(target.negotiated));
  });
}
