import { parseArgs } from 'node:util';
import { createEgressAsDeployed } from './egress-as-deployed.ts';
import { NOT_BEGUN, runLive } from './run-live.ts';
import { SERVICES } from './services.ts';

const HELP = `Calls a real service with a real credential, through the adapter and the guard that the hub deploys.

  npm run live -- SERVICE

${Object.entries(SERVICES)
  .map(([name, { server, variable }]) => `  ${name.padEnd(12)}${variable.padEnd(24)}${server.name}`)
  .join('\n')}

The credential comes from the environment variable beside the service and is never printed. Only tools that read are
called, a few times; the service may bill them. The exit code is 0 if everything holds that is expected of the answers, 1
if something does not, and 2 if nothing was asked.`;

const egress = createEgressAsDeployed();
try {
  const { values, positionals } = parseArgs({ options: { help: { type: 'boolean' } }, allowPositionals: true });
  if (values.help) console.log(HELP);
  else {
    process.exitCode = await runLive({
      names: positionals,
      env: process.env,
      services: SERVICES,
      print: (line) => console.log(line),
      egress,
      hubId: 'live-check',
      now: Date.now,
    });
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = NOT_BEGUN;
} finally {
  egress.close();
}
