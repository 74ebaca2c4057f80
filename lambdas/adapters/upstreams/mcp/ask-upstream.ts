import type { UpstreamAnswer } from '../../../hub/upstreams/upstream.ts';
import type { Connection } from './connect.ts';
import { setLegacyLogLevel } from './legacy-log-level.ts';
import { isSessionExpired } from './legacy-sessions.ts';
import { listenWhile } from './listen-while.ts';
import { isOpenable } from './openable-url.ts';
import { readAnswer } from './read-answer.ts';
import { type Question, sendQuestion } from './send-question.ts';
import { type UpstreamUse, type UpstreamUseDeps, type UseInput, useUpstream } from './upstream-use.ts';

const MAX_RESULT_BYTES = 5 * 1024 * 1024;

type Subject = Pick<UseInput, 'target' | 'context'>;

/** Asks a server something, once, in a session that is there already or in one of its own. */
export function askUpstream(deps: UpstreamUseDeps, subject: Subject, question: Question): Promise<UpstreamAnswer> {
  const { target, context } = subject;
  const asked = { interaction: context.interaction, isOpenable: (url: string) => isOpenable(deps.egress, url) };
  return useUpstream(deps, { target, context, maxResponseBytes: MAX_RESULT_BYTES }, async (use) => {
    const askOn = async (connection: Connection) => {
      const result = await use.during(connection, () => ask(use, { connection, context, question }));
      return readAnswer(connection, result, asked);
    };
    const idle = use.takeIdle();
    if (idle === undefined) return askOn(await use.open(use.known()));
    try {
      return await askOn(idle);
    } catch (error) {
      if (!isSessionExpired(idle, error)) throw error;
    }
    // The server refused the session before it looked at the request, so it may be sent again, once.
    return askOn(await use.open(use.known()));
  });
}

interface Asking {
  readonly connection: Connection;
  readonly context: Subject['context'];
  readonly question: Question;
}

function ask(use: UpstreamUse, { connection, context, question }: Asking) {
  const { interaction } = context;
  return listenWhile(connection, interaction, async (onprogress) => {
    await setLegacyLogLevel(connection, interaction?.logLevel, use.requestOptions());
    if (question.method === 'tools/call') use.mayTakeEffect();
    const options = { ...use.requestOptions(), ...(onprogress && { onprogress }) };
    return sendQuestion(connection, question, context, options);
  });
}
