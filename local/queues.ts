import { parseArgs } from 'node:util';
import { askHub } from './control/ask-hub.ts';
import { answerSchemas } from './control/control-commands.ts';
import { readSettings } from './settings.ts';

const HELP = `Looks into the queues of the running hub.

  node local/queues.ts                   lists the queues and how many messages they hold
  node local/queues.ts show QUEUE        lists the oldest messages of one, without receiving them
  node local/queues.ts redrive QUEUE     sends the messages of a dead-letter queue back to where they came from

QUEUE is a logical id or the beginning of it.

  --limit N    at most so many messages (default: 20)
  NEXUS_DATA   data directory of the hub (default: .nexus)`;

const OPTIONS = { help: { type: 'boolean' }, limit: { type: 'string', default: '20' } } as const;

try {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  const { dataDirectory } = readSettings(process.env);
  const [verb, name, ...more] = positionals;
  if (values.help) console.log(HELP);
  else if (verb === undefined) await list(dataDirectory);
  else if (verb === 'show' && name !== undefined && more.length === 0) await show(dataDirectory, name, values.limit);
  else if (verb === 'redrive' && name !== undefined && more.length === 0) await redrive(dataDirectory, name);
  else throw new Error(`${positionals.join(' ')} is not understood\n\n${HELP}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

async function list(dataDirectory: string): Promise<void> {
  const { queues } = await askHub(dataDirectory, { command: 'queues' }, answerSchemas.queues);
  if (queues.length === 0) console.log('the hub has no queues');
  for (const { logicalId, visible, inFlight, delayed, isDeadLetterQueue } of queues) {
    const counts = `${visible} waiting, ${inFlight} in flight, ${delayed} delayed`;
    console.log(`${logicalId}  ${counts}${isDeadLetterQueue ? '  (dead-letter queue)' : ''}`);
  }
}

async function show(dataDirectory: string, name: string, limitText: string): Promise<void> {
  const limit = Number(limitText);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) throw new Error('--limit must be from 1 to 1000');
  const { queue, messages } = await askHub(dataDirectory, { command: 'show', name, limit }, answerSchemas.show);
  if (messages.length === 0) console.log(`${queue} is empty`);
  for (const message of messages) console.log(JSON.stringify(message));
}

async function redrive(dataDirectory: string, name: string): Promise<void> {
  const { queue, moved } = await askHub(dataDirectory, { command: 'redrive', name }, answerSchemas.redrive);
  console.log(`${moved} messages of ${queue} are back in their queues`);
}
