import { parseArgs } from 'node:util';
import { askHub } from './control/ask-hub.ts';
import { answerSchemas } from './control/control-commands.ts';
import { readSettings } from './settings.ts';

const HELP = `Fires a schedule of the running hub now, as if it were its time.

  node local/fire.ts             lists the schedules
  node local/fire.ts SCHEDULE    fires one, by its logical id or the beginning of it

  NEXUS_DATA   data directory of the hub (default: .nexus)

The schedule's function is invoked in the background: its log is in the hub's output.`;

try {
  const { values, positionals } = parseArgs({ options: { help: { type: 'boolean' } }, allowPositionals: true });
  const { dataDirectory } = readSettings(process.env);
  const [name, ...more] = positionals;
  if (values.help || more.length > 0) console.log(HELP);
  else if (name === undefined) await list(dataDirectory);
  else console.log(`fired ${(await askHub(dataDirectory, { command: 'fire', name }, answerSchemas.fire)).fired}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

async function list(dataDirectory: string): Promise<void> {
  const { schedules } = await askHub(dataDirectory, { command: 'schedules' }, answerSchemas.schedules);
  if (schedules.length === 0) console.log('the hub has no schedules');
  for (const { logicalId, expression, enabled, next } of schedules) {
    console.log(`${logicalId}  ${expression}  ${enabled ? `next at ${next ?? 'no time'}` : 'disabled'}`);
  }
}
