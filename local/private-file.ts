import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** Replaces the file at once: a reader, or a crash, sees the old text or the new text, never a half. */
export function writePrivateFile(file: string, text: string): void {
  const temporary = writeTemporary(file, text);
  renameSync(temporary, file);
}

/** Makes the file unless there is one, and returns what it holds: processes that start together go on with one text. */
export function ensurePrivateFile(file: string, text: string): string {
  const temporary = writeTemporary(file, text);
  try {
    // A link never replaces.
    linkSync(temporary, file);
  } catch (error) {
    if (readFileIfPresent(file) === undefined) throw error;
  } finally {
    rmSync(temporary);
  }
  return readFileIfPresent(file) ?? text;
}

/** `undefined` when there is no such file. */
export function readFileIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

function writeTemporary(file: string, text: string): string {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, text, { mode: 0o600, flush: true });
  return temporary;
}
