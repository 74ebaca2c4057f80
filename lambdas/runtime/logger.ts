import { Logger } from '@aws-lambda-powertools/logger';
import { HubError } from '../hub/hub-error.ts';

/** The function's logger: one JSON object a line. Request and response bodies and headers are never logged. */
export const logger = new Logger({ serviceName: 'nexus-hub' });

/**
 * What may be known of an error outside of the process: names and codes along the chain of causes. Messages and stacks of
 * foreign errors stay out, for they can quote what a caller or an upstream sent.
 */
export function describeError(error: unknown): Record<string, unknown> {
  const chain: string[] = [];
  for (let current = error; current instanceof Error && chain.length < 6; current = current.cause) {
    chain.push([current.name, codeOf(current)].filter(Boolean).join(':'));
  }
  return { error: chain, frames: error instanceof Error && !(error instanceof HubError) ? frames(error) : undefined };
}

function codeOf(error: Error): string | undefined {
  return 'code' in error && (typeof error.code === 'string' || typeof error.code === 'number')
    ? String(error.code)
    : undefined;
}

/** Where it happened, without the message that heads the stack; nothing, if the stack is not the error's own. */
function frames(error: Error): string[] {
  const head = error.message === '' ? error.name : `${error.name}: ${error.message}`;
  if (!error.stack?.startsWith(head)) return [];
  return error.stack
    .slice(head.length)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
    .slice(0, 8);
}
