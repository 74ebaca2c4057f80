import { join } from 'node:path';
import * as z from 'zod';
import { readFileIfPresent } from '../private-file.ts';
import { CONTROL_FILE, type ControlCommand, doorSchema } from './control-commands.ts';

/** Has the hub of a data directory do something. Throws a sentence for the person who asked. */
export async function askHub<Answer>(
  dataDirectory: string,
  command: ControlCommand,
  answerSchema: z.ZodType<Answer>,
): Promise<Answer> {
  const text = readFileIfPresent(join(dataDirectory, CONTROL_FILE));
  if (text === undefined) throw noHub(dataDirectory);
  const { url, secret } = doorSchema.parse(JSON.parse(text));
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}` },
    body: JSON.stringify(command),
  }).catch((cause: unknown) => {
    throw noHub(dataDirectory, cause);
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(errorSchema.parse(answer).error);
  return answerSchema.parse(answer);
}

const errorSchema = z.object({ error: z.string() });

const noHub = (dataDirectory: string, cause?: unknown): Error =>
  new Error(
    `no hub with queues or schedules runs with its data in ${dataDirectory}: start it with npm start, with the same NEXUS_DATA`,
    { cause },
  );
