import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { glob, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Leg, Revision } from './scenario-list.ts';

/** Clients all start at once and share the machine. */
const SCENARIO_MS = { server: 20_000, client: 60_000 };
const RUN_MS = 150_000;

/** One check of a scenario, as the suite writes it down. */
interface Check {
  readonly id: string;
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
  readonly description: string;
  readonly errorMessage?: string;
  readonly details?: unknown;
}

/** What a run of the suite found, by scenario. */
export interface SuiteRun {
  /** Passed means: something was proven, and neither a MUST nor a SHOULD is broken, but for exactly these checks. */
  assertPassed(scenario: string, options?: { readonly but?: readonly string[] }): void;
  /** The suite has it and proves nothing with it, whatever it is run against. */
  assertSkipped(scenario: string): void;
  /** A baseline that lists a scenario which passes is stale. */
  assertFailed(scenario: string): void;
}

/** Runs every scenario of a revision against a server, in one process of the suite. */
export function runServerScenarios(url: string, revision: Revision): Promise<SuiteRun> {
  return run('server', ['--url', url, '--requirements', revision]);
}

/**
 * Runs every scenario of a revision, or one, with this program as the client; the suite appends the URL of its own
 * server.
 */
export function runClientScenarios(
  program: URL,
  { revision, scenario }: { readonly revision: Revision; readonly scenario?: string },
  env: Readonly<Record<string, string>>,
): Promise<SuiteRun> {
  const command = `${process.execPath} ${fileURLToPath(program)}`;
  const wanted =
    scenario === undefined ? ['--requirements', revision] : ['--scenario', scenario, '--spec-version', revision];
  return run('client', ['--command', command, ...wanted], env);
}

async function run(leg: Leg, options: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'nexus-conformance-'));
  try {
    const output = await suite(
      [leg, ...options, '--timeout', String(SCENARIO_MS[leg]), '-o', directory],
      directory,
      env,
    );
    return suiteRun(await readChecks(directory, leg), output);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Its exit code says nothing that the checks do not say better. */
function suite(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>): Promise<string> {
  const program = fileURLToPath(import.meta.resolve('@modelcontextprotocol/conformance/dist/index.js'));
  const options = { cwd, env: { PATH: process.env['PATH'], ...env }, timeout: RUN_MS, maxBuffer: 1 << 28 };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program, ...args], options, (error, stdout, stderr) => {
      if (error?.killed) reject(new Error(`the suite did not end within ${RUN_MS} ms: ${stderr.slice(-2000)}`));
      else resolve(`${stdout.slice(-2000)}\n${stderr.slice(-2000)}`);
    });
  });
}

/** Every scenario has a directory of its own, called after it and the time. */
async function readChecks(directory: string, leg: Leg): Promise<ReadonlyMap<string, readonly Check[]>> {
  const checks = new Map<string, readonly Check[]>();
  for await (const file of glob('**/checks.json', { cwd: directory })) {
    const scenario = file.replace(/-\d{4}-\d\d-\d\dT[\d-]+Z\/checks\.json$/, '');
    const name = leg === 'server' ? scenario.replace(/^server-/, '') : scenario;
    checks.set(name, JSON.parse(await readFile(join(directory, file), 'utf8')));
  }
  return checks;
}

function suiteRun(checks: ReadonlyMap<string, readonly Check[]>, output: string): SuiteRun {
  const judge = (scenario: string) => {
    const found = checks.get(scenario);
    assert.ok(found !== undefined, `the suite did not run ${scenario}:\n${output}`);
    return { broken: found.filter(isBroken), proven: found.filter(({ status }) => status === 'SUCCESS') };
  };
  return {
    assertPassed(scenario, { but = [] } = {}) {
      const { broken, proven } = judge(scenario);
      const unexpected = broken.filter(({ id }) => !but.includes(id));
      assert.ok(unexpected.length === 0, unexpected.map(describe).join('\n'));
      assert.equal(broken.length, but.length, `${scenario} passes checks that were not expected to pass`);
      assert.ok(proven.length > 0, `${scenario} proved nothing`);
    },
    assertSkipped(scenario) {
      const statuses = (checks.get(scenario) ?? []).map(({ status }) => status);
      assert.deepEqual([...new Set(statuses)], ['SKIPPED']);
    },
    assertFailed(scenario) {
      assert.ok(judge(scenario).broken.length > 0, `${scenario} passes: remove it from the baseline`);
    },
  };
}

function isBroken({ status }: Check): boolean {
  return status === 'FAILURE' || status === 'WARNING';
}

function describe({ id, status, description, errorMessage = '', details }: Check): string {
  const shown = JSON.stringify(details, undefined, 2) ?? '';
  return `${status} ${id}: ${description}\n  ${errorMessage}\n${shown.slice(0, 3000)}`;
}
