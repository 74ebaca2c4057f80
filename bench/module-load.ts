import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ENV, type FunctionName, TIME_LIMITS } from '../lambdas/contract.ts';
import { median } from './median.ts';

const run = promisify(execFile);
const ROUNDS = 9;

/** Prints, in a fresh process, how long one module takes to load. Lambda's runtime defines the global. */
const PROGRAM = `
globalThis.awslambda = { streamifyResponse: (handler) => handler };
const from = performance.now();
await import(process.argv[1]);
console.log(performance.now() - from)`;
const EMPTY_HANDLER = 'data:text/javascript,export const handler = async () => ({})';

export interface ModuleLoad {
  readonly name: string;
  readonly kilobytes: number;
  readonly milliseconds: number;
}

/** What a cold start pays before the handler runs: each function's bundle, beside an empty handler. */
export async function measureModuleLoads(bundles: string): Promise<readonly ModuleLoad[]> {
  const measured: ModuleLoad[] = [{ name: 'empty handler', kilobytes: 0, milliseconds: await load(EMPTY_HANDLER) }];
  for (const name of Object.keys(TIME_LIMITS) as FunctionName[]) {
    const file = join(bundles, name, 'index.mjs');
    measured.push({ name, kilobytes: (await stat(file)).size / 1000, milliseconds: await load(file) });
  }
  return measured;
}

async function load(module: string): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', PROGRAM, module], {
      env: settings(),
    });
    times.push(Number(stdout));
  }
  return median(times);
}

/** A value for every setting that a function may insist on when it is loaded. */
function settings(): Record<string, string> {
  const names = Object.values(ENV).map((name) => [name, 'https://example.org'] as const);
  return {
    ...Object.fromEntries(names),
    [ENV.egressAllowLoopback]: 'false',
    [ENV.tenantCallsPerMinute]: '1',
    [ENV.tenantJobsPerMinute]: '1',
    [ENV.awsRegion]: 'us-east-1',
  };
}
