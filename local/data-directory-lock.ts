import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { readFileIfPresent } from './private-file.ts';

const holderSchema = z.object({ pid: z.int().positive(), process: z.string() });

/** Tells this process from an earlier one with the same id, which containers often give. */
const THIS_PROCESS = randomUUID();

/** Makes sure that one hub uses a data directory. Answers how to let go of it; the lock of a dead process is taken over. */
export function lockDataDirectory(dataDirectory: string): () => void {
  const file = join(dataDirectory, 'hub.lock');
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const holder = readHolder(file);
  if (holder !== undefined && isAlive(holder)) throw inUse(dataDirectory, file, holder.pid);
  rmSync(file, { force: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, JSON.stringify({ pid: process.pid, process: THIS_PROCESS }), { mode: 0o600 });
  try {
    // A link never replaces: of two hubs that start together, one gets the directory.
    linkSync(temporary, file);
  } catch {
    throw inUse(dataDirectory, file, readHolder(file)?.pid);
  } finally {
    rmSync(temporary);
  }
  return () => rmSync(file, { force: true });
}

function readHolder(file: string): z.infer<typeof holderSchema> | undefined {
  try {
    return holderSchema.parse(JSON.parse(readFileIfPresent(file) ?? ''));
  } catch {
    // What is no lock holds nothing.
    return undefined;
  }
}

function isAlive(holder: z.infer<typeof holderSchema>): boolean {
  if (holder.pid === process.pid) return holder.process === THIS_PROCESS;
  try {
    return process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function inUse(dataDirectory: string, file: string, pid: number | undefined): Error {
  return new Error(
    `${dataDirectory} is in use by the hub with process id ${pid}: stop that one, or set NEXUS_DATA to another directory (if process ${pid} is no hub, remove ${file})`,
  );
}
