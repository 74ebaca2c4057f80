import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export type Handler = (...args: readonly unknown[]) => unknown;

/** Loads what `_HANDLER` (`file.export`) names below `LAMBDA_TASK_ROOT`, with Lambda's names for what can go wrong. */
export async function loadHandler(env: NodeJS.ProcessEnv): Promise<Handler> {
  const taskRoot = env['LAMBDA_TASK_ROOT'] ?? '';
  const name = env['_HANDLER'] ?? '';
  const dot = name.lastIndexOf('.');
  const url = pathToFileURL(findModule(taskRoot, name.slice(0, dot))).href;
  const module = (await import(url)) as Record<string, unknown>;
  const handler = module[name.slice(dot + 1)];
  if (!isHandler(handler)) throw runtimeError('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  return handler;
}

function findModule(taskRoot: string, file: string): string {
  for (const extension of ['.js', '.mjs', '.cjs']) {
    const path = join(taskRoot, file + extension);
    if (existsSync(path)) return path;
  }
  throw runtimeError('Runtime.ImportModuleError', `Cannot find module '${file}' in ${taskRoot}`);
}

function isHandler(value: unknown): value is Handler {
  return typeof value === 'function';
}

function runtimeError(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
