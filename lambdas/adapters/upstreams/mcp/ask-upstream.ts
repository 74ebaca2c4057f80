import type { JsonObject } from '../../../hub/json.ts';
import type { Connection } from './connect.ts';
import { setLegacyLogLevel } from './legacy-log-level.ts';
import { isSessionExpired } from './legacy-sessions.ts';
import { listenWhile } from './listen-while.ts';
import type { Asked } from './input-required.ts';
import { isOpenable } from './openable-url.ts';
import { secretValues } from '../request-scope.ts';
import { type Question, sendQuestion } from './send-question.ts';
import { type UpstreamUse, type UpstreamUseDeps, type UseInput, useUpstream } from './upstream-use.ts';

const MAX_RESULT_BYTES = 5 * 1024 * 1024;

type Subject = Pick<UseInput, 'target' | 'context'>;

/** Asks a server something, once, in a session that is there already or in one of its own. `read` says what it means. */
export function askUpstream<Answer>(
  deps: UpstreamUseDeps,
  { target, context }: Subject,
  question: Question,
  read: (connection: Connection, result: JsonObject, asked: Asked) => Answer,
): Promise<Answer> {
  const { interaction } = context;
  const asked = {
    interaction,
    isOpenable: (url: string) => isOpenable(deps.egress, url),
    secrets: secretValues(target),
  };
  return useUpstream(deps, { target, context, maxResponseBytes: MAX_RESULT_BYTES }, async (use) => {
    const askOn = async (connection: Connection) => {
      const result = await use.during(connection, () => ask(use, { connection, context, question }));
      return read(connection, result, asked);
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
