import { randomUUID } from 'node:crypto';
import { linkSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { prepareDataDirectory } from './data-directory.ts';
import { readFileIfPresent } from './private-file.ts';

const holderSchema = z.object({ pid: z.int().positive(), process: z.string() });
type Holder = z.infer<typeof holderSchema>;

/** Tells this process from an earlier one with the same id, which containers often give. */
const THIS_PROCESS = randomUUID();

/** Makes sure that one hub uses a data directory. Answers how to let go of it; the lock of a dead process is taken over. */
export function lockDataDirectory(dataDirectory: string): () => void {
  prepareDataDirectory(dataDirectory);
  const release = take(join(dataDirectory, 'hub.lock'));
  // Also when the process ends before it could let go, as long as it is not killed.
  process.once('exit', release);
  return () => {
    process.off('exit', release);
    release();
  };
}

function take(file: string): () => void {
  if (!create(file)) takeOver(file);
  return () => rmSync(file, { force: true });
}

/** Only who holds the second lock may remove a dead one, or two that saw it dead could each remove the other's. */
function takeOver(file: string): void {
  readUnlessAlive(file);
  const release = take(`${file}.takeover`);
  try {
    // What is there is dead and stays until it is removed here; where nothing is, somebody may be making a new one.
    if (readUnlessAlive(file) !== undefined) rmSync(file);
    if (!create(file)) throw inUse(file, readHolder(readFileIfPresent(file))?.pid);
  } finally {
    release();
  }
}

function readUnlessAlive(file: string): string | undefined {
  const text = readFileIfPresent(file);
  const holder = readHolder(text);
  if (holder !== undefined && isAlive(holder)) throw inUse(file, holder.pid);
  return text;
}

/** A link never replaces, and shows the whole content at once: of hubs that start together, one gets the file. */
function create(file: string): boolean {
  const temporary = `${file}.${THIS_PROCESS}.tmp`;
  writeFileSync(temporary, JSON.stringify({ pid: process.pid, process: THIS_PROCESS }), { mode: 0o600 });
  try {
    linkSync(temporary, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(temporary);
  }
}

function readHolder(text: string | undefined): Holder | undefined {
  try {
    return holderSchema.parse(JSON.parse(text ?? ''));
  } catch {
    // What is no lock holds nothing.
    return undefined;
  }
}

function isAlive(holder: Holder): boolean {
  if (holder.pid === process.pid) return holder.process === THIS_PROCESS;
  try {
    return process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function inUse(file: string, pid: number | undefined): Error {
  return new Error(
    `${dirname(file)} is in use by the hub with process id ${pid}: stop that one, or set NEXUS_DATA to another directory (if process ${pid} is no hub, remove ${file})`,
  );
}
