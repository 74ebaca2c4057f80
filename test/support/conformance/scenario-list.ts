import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What the suite calls its two halves: scenarios that call a server, and scenarios that are called by a client. */
export type Leg = 'server' | 'client';
export type Revision = '2025-11-25' | '2026-07-28';

/** The scenarios that a revision requires, frozen by the suite when the revision was released. */
export function requiredScenarios(revision: Revision, leg: Leg): readonly string[] {
  const suite = fileURLToPath(import.meta.resolve('@modelcontextprotocol/conformance/package.json'));
  return scenariosOf(suite.replace('package.json', `requirements/${revision}.yaml`), leg);
}

/** Scenarios of the extension `io.modelcontextprotocol/tasks`, which no revision requires. The suite has no others yet. */
export const TASK_SCENARIOS = [
  'tasks-lifecycle',
  'tasks-capability-negotiation',
  'tasks-wire-fields',
  'tasks-request-state-removal',
  'tasks-mrtr-input',
  'tasks-request-headers',
  'tasks-dispatch-and-envelope',
  'tasks-required-task-error',
  'tasks-mrtr-composition',
];
/** One that the suite itself skips until it is rewritten. */
export const SKIPPED_TASK_SCENARIO = 'tasks-status-notifications';

/** The scenarios that are known to fail, from a file in the form of the suite's `--expected-failures`. */
export function baselineScenarios(file: URL, leg: Leg): readonly string[] {
  return scenariosOf(fileURLToPath(file), leg);
}

/** Of these files only this much of YAML is needed: a section, its items below it, and comments. */
function scenariosOf(file: string, section: string): readonly string[] {
  const scenarios: string[] = [];
  let current = '';
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const text = line.replace(/\s*#.*$/, '');
    if (/^[a-z_]+:$/.test(text)) current = text.slice(0, -1);
    const item = /^\s*- (\S+)$/.exec(text)?.[1];
    if (current === section && item !== undefined) scenarios.push(item);
  }
  if (scenarios.length === 0) throw new Error(`${file} lists nothing under ${section}`);
  return scenarios;
}
