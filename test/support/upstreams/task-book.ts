import { randomUUID } from 'node:crypto';
import { ProtocolError } from '@modelcontextprotocol/server';
import type { JsonObject } from '../../../lambdas/hub/json.ts';

/** What the work behind a task can do with its task. */
export interface Work {
  /** Aborts when the task is cancelled. */
  readonly signal: AbortSignal;
  /** What it waits for; resolves with all the answers, by the same keys. */
  ask(inputRequests: JsonObject): Promise<JsonObject>;
  /** How it stands. */
  say(statusMessage: string): void;
}

interface Entry {
  task: JsonObject & { readonly status: string };
  readonly abort: AbortController;
  answers: Record<string, JsonObject>;
  answered: (answers: JsonObject) => void;
}

/** The tasks of a server of the extension `io.modelcontextprotocol/tasks`. */
export interface TaskBook {
  /** Starts work as a task; its result of `tools/call`. */
  start(run: (work: Work) => Promise<JsonObject>): JsonObject;
  /** Answers `tasks/get`, `tasks/update` and `tasks/cancel`. */
  answer(method: string, taskId: string, inputResponses: JsonObject): JsonObject;
  /** How often each method was asked for. */
  readonly asked: Readonly<Record<string, number>>;
  /** Knows of no task any more. */
  forget(): void;
}

const ENDED = ['completed', 'failed', 'cancelled'];

export function createTaskBook({ pollIntervalMs = 100, ttlMs = 60_000 } = {}): TaskBook {
  const entries = new Map<string, Entry>();
  const asked: Record<string, number> = {};

  return {
    asked,
    forget: () => entries.clear(),

    start(run) {
      const at = new Date().toISOString();
      const task = { taskId: randomUUID(), status: 'working', createdAt: at, lastUpdatedAt: at, ttlMs, pollIntervalMs };
      const entry: Entry = { task, abort: new AbortController(), answers: {}, answered: () => undefined };
      entries.set(task.taskId, entry);
      void work(entry, run);
      return { resultType: 'task', ...task };
    },

    answer(method, taskId, inputResponses) {
      asked[method] = (asked[method] ?? 0) + 1;
      const entry = entries.get(taskId);
      if (entry === undefined) throw new ProtocolError(-32_602, 'Unknown task');
      if (method === 'tasks/get') return entry.task;
      if (method === 'tasks/cancel') cancel(entry);
      else if (method === 'tasks/update') update(entry, inputResponses);
      else throw new ProtocolError(-32_601, 'Method not found');
      return {};
    },
  };
}

function change(entry: Entry, changes: JsonObject & { readonly status: string }): void {
  if (ENDED.includes(entry.task.status)) return;
  const { inputRequests: _, ...task } = entry.task;
  entry.task = { ...task, ...changes, lastUpdatedAt: new Date().toISOString() };
}

async function work(entry: Entry, run: (work: Work) => Promise<JsonObject>): Promise<void> {
  const ask = (inputRequests: JsonObject) =>
    new Promise<JsonObject>((resolve) => {
      Object.assign(entry, { answers: {}, answered: resolve });
      change(entry, { status: 'input_required', inputRequests });
    });
  const say = (statusMessage: string) => change(entry, { status: 'working', statusMessage });
  try {
    const result = await run({ signal: entry.abort.signal, ask, say });
    change(entry, { status: 'completed', result: { resultType: 'complete', ...result } });
  } catch (error) {
    const code = error instanceof ProtocolError ? error.code : -32_603;
    change(entry, { status: 'failed', error: { code, message: String(error) } });
  }
}

function cancel(entry: Entry): void {
  change(entry, { status: 'cancelled' });
  entry.abort.abort();
}

/** Answers may come one by one; those to nothing are ignored. */
function update(entry: Entry, inputResponses: JsonObject): void {
  const { inputRequests } = entry.task;
  if (typeof inputRequests !== 'object' || inputRequests === null) return;
  const waiting = Object.entries(inputRequests).filter(([key]) => {
    const response = inputResponses[key];
    if (typeof response === 'object') entry.answers[key] = response as JsonObject;
    return response === undefined;
  });
  if (waiting.length > 0)
    return change(entry, { status: 'input_required', inputRequests: Object.fromEntries(waiting) });
  change(entry, { status: 'working' });
  entry.answered(entry.answers);
}
