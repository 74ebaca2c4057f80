import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { getSystemErrorMessage } from 'node:util';

/** Makes the data directory unless it is there. Throws one sentence that says what to do if it cannot be used. */
export function prepareDataDirectory(dataDirectory: string): void {
  try {
    make(dataDirectory);
    accessSync(dataDirectory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Error(
      `the data directory ${dataDirectory} cannot be used (${reason(error)}): set NEXUS_DATA to a directory that you may create or write to`,
      { cause: error },
    );
  }
}

/** Step by step, because `recursive` never returns below a directory that refuses children with ENOENT, such as /proc. */
function make(directory: string): void {
  const present = statSync(directory, { throwIfNoEntry: false });
  if (present?.isDirectory()) return;
  if (present !== undefined) throw new Error(`${directory} is no directory`);
  make(dirname(directory));
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    // Another process was as fast.
    if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'errno' in error && typeof error.errno === 'number' ? getSystemErrorMessage(error.errno) : error.message;
}
