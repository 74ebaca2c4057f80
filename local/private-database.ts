import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** How long a statement waits for another process that looks into the file. */
const BUSY_MS = 5_000;

/**
 * A SQLite file that only its owner can read, with the given tables. Each statement is a transaction: what it says has
 * happened is in the file, also when the process is killed next.
 */
export function openPrivateDatabase(file: string, schema: string): DatabaseSync {
  // SQLite makes its files beside this one as readable as this one is.
  closeSync(openSync(file, 'a', 0o600));
  const database = new DatabaseSync(file, { timeout: BUSY_MS });
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; ${schema}`);
  return database;
}
