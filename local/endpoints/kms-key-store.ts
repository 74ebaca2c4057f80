import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { readFileIfPresent, writePrivateFile } from '../private-file.ts';

const storedKey = z.object({
  state: z.enum(['Enabled', 'Disabled', 'PendingDeletion']),
  /** Key material in base64; the last is current, the others still decrypt. */
  versions: z.array(z.string()).min(1),
});
export type StoredKey = z.infer<typeof storedKey>;

const fileSchema = z.strictObject({ version: z.literal(1), keys: z.record(z.string(), storedKey) });

export interface KmsKeyStore {
  find(keyId: string): StoredKey | undefined;
  replace(keyId: string, key: StoredKey): void;
}

/** Key material in one private file. Keys that are new in the template are made here, none is ever removed. */
export function openKmsKeyStore(file: string, keyIds: readonly string[]): KmsKeyStore {
  const text = readFileIfPresent(file);
  const keys = new Map(text === undefined ? [] : Object.entries(fileSchema.parse(JSON.parse(text)).keys));
  const save = (): void =>
    writePrivateFile(file, JSON.stringify({ version: 1, keys: Object.fromEntries(keys) }, undefined, 2));

  const newIds = keyIds.filter((keyId) => !keys.has(keyId));
  for (const keyId of newIds) {
    keys.set(keyId, { state: 'Enabled', versions: [newKeyMaterial()] });
  }
  if (newIds.length > 0) {
    save();
  }
  return {
    find: (keyId) => keys.get(keyId),
    replace(keyId, key) {
      keys.set(keyId, key);
      save();
    },
  };
}

export const newKeyMaterial = (): string => randomBytes(32).toString('base64');
