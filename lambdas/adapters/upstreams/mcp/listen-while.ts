import type { Progress as SdkProgress } from '@modelcontextprotocol/client';
import { measureJson } from '../../../hub/json.ts';
import { type Interaction, LOG_LEVELS, type LogMessage, type Progress } from '../../../hub/upstreams/upstream.ts';
import type { Connection } from './connect.ts';

/** Of the data of one message, as JSON. */
const MAX_MESSAGE_LENGTH = 64 * 1024;
/** As of a result: who reads it next might fail on more. */
const MAX_DATA_DEPTH = 128;
const MAX_MESSAGES = 1000;

const LOG = 'notifications/message';

export type ProgressListener = (progress: SdkProgress) => void;

/** Passes on what the server says while it works on one request. Before and after, nobody listens to it. */
export async function listenWhile<T>(
  { client }: Connection,
  interaction: Interaction | undefined,
  work: (onprogress: ProgressListener | undefined) => Promise<T>,
): Promise<T> {
  const { logLevel, onLog, onProgress } = interaction ?? {};
  if (logLevel !== undefined && onLog !== undefined) {
    const listener = boundedLog(logLevel, onLog);
    client.setNotificationHandler(LOG, ({ params: { level, logger, data } }) =>
      listener({ level, ...(logger !== undefined && { logger }), data }),
    );
  }
  try {
    return await work(onProgress && increasing(onProgress));
  } finally {
    client.removeNotificationHandler(LOG);
  }
}

/** Also a server that was not told the level, or does not care, is heard from that level on only. */
function boundedLog(lowest: LogMessage['level'], onLog: Interaction['onLog']): Interaction['onLog'] {
  let heard = 0;
  return (message) => {
    if (LOG_LEVELS.indexOf(message.level) < LOG_LEVELS.indexOf(lowest)) return;
    if (heard === MAX_MESSAGES || isTooDeep(message.data) || JSON.stringify(message).length > MAX_MESSAGE_LENGTH)
      return;
    heard++;
    onLog(message);
  };
}

function isTooDeep(data: unknown): boolean {
  return measureJson(data, { depth: MAX_DATA_DEPTH, nodes: Infinity }).depth > MAX_DATA_DEPTH;
}

/** https://modelcontextprotocol.io/specification/2026-07-28/basic/utilities/progress: it MUST increase each time. */
function increasing(onProgress: (progress: Progress) => void): ProgressListener {
  let last = -Infinity;
  return ({ progress, total, message }) => {
    if (progress <= last) return;
    last = progress;
    onProgress({ progress, ...(total !== undefined && { total }), ...(message !== undefined && { message }) });
  };
}
