import * as z from 'zod';
import { openPrivateDatabase } from '../private-database.ts';

const describedSchema = z.object({
  key: z.string(),
  size: z.int(),
  /** MD5 of the content, quoted as HTTP has it. */
  etag: z.string(),
  /** JSON text of the headers that come back with the object. */
  headers: z.string(),
  /** Epoch milliseconds. */
  modifiedAt: z.int(),
});
const storedSchema = describedSchema.extend({ body: z.custom<Uint8Array>((value) => value instanceof Uint8Array) });

/** An object without its content. */
export type DescribedObject = z.infer<typeof describedSchema>;
export type StoredObject = z.infer<typeof storedSchema>;

/** The objects of all buckets in one SQLite file: what has been put is there after the process was killed. */
export interface ObjectStore {
  put(bucket: string, object: Omit<StoredObject, 'size'>): void;
  get(bucket: string, key: string): StoredObject | undefined;
  delete(bucket: string, key: string): void;
  /** In the order of their keys' bytes, after the given one. */
  list(
    bucket: string,
    from: { readonly prefix: string; readonly after: string; readonly limit: number },
  ): DescribedObject[];
  /** Deletes what was put before a time. Answers how many objects went. */
  expire(bucket: string, prefix: string, before: number): number;
  close(): void;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT NOT NULL,
    key TEXT NOT NULL,
    body BLOB NOT NULL,
    etag TEXT NOT NULL,
    headers TEXT NOT NULL,
    modifiedAt INTEGER NOT NULL,
    PRIMARY KEY (bucket, key)
  );
`;

const DESCRIBED = 'key, LENGTH(body) AS size, etag, headers, modifiedAt';
const HAS_PREFIX = 'SUBSTR(key, 1, LENGTH(:prefix)) = :prefix';

export function openObjectStore(file: string): ObjectStore {
  const database = openPrivateDatabase(file, SCHEMA);
  const put = database.prepare(`INSERT OR REPLACE INTO objects (bucket, key, body, etag, headers, modifiedAt)
    VALUES (:bucket, :key, :body, :etag, :headers, :modifiedAt)`);
  const get = database.prepare(`SELECT ${DESCRIBED}, body FROM objects WHERE bucket = :bucket AND key = :key`);
  const remove = database.prepare('DELETE FROM objects WHERE bucket = :bucket AND key = :key');
  const list = database.prepare(`SELECT ${DESCRIBED} FROM objects
    WHERE bucket = :bucket AND key > :after AND ${HAS_PREFIX} ORDER BY key LIMIT :limit`);
  const expire = database.prepare(
    `DELETE FROM objects WHERE bucket = :bucket AND modifiedAt < :before AND ${HAS_PREFIX}`,
  );
  return {
    put: (bucket, object) => void put.run({ bucket, ...object }),
    get: (bucket, key) => storedSchema.optional().parse(get.get({ bucket, key })),
    delete: (bucket, key) => void remove.run({ bucket, key }),
    list: (bucket, from) => z.array(describedSchema).parse(list.all({ bucket, ...from })),
    expire: (bucket, prefix, before) => Number(expire.run({ bucket, prefix, before }).changes),
    close: () => database.close(),
  };
}
