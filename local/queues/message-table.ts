import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { openPrivateDatabase } from '../private-database.ts';

const storedSchema = z.object({
  seq: z.int(),
  id: z.string(),
  queue: z.string(),
  body: z.string(),
  attributes: z.string(),
  groupId: z.string().nullable(),
  sentAt: z.int(),
  /** Epoch milliseconds; later than now for a message that is in flight or delayed. */
  visibleAt: z.int(),
  receiveCount: z.int(),
  firstReceivedAt: z.int().nullable(),
  receipt: z.string().nullable(),
  /** Queue that a message in a dead-letter queue comes from. */
  source: z.string().nullable(),
});
export type StoredMessage = z.infer<typeof storedSchema>;

type Insertion = Pick<StoredMessage, 'id' | 'queue' | 'body' | 'attributes' | 'groupId' | 'sentAt' | 'visibleAt'>;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    queue TEXT NOT NULL,
    body TEXT NOT NULL,
    attributes TEXT NOT NULL,
    groupId TEXT,
    sentAt INTEGER NOT NULL,
    visibleAt INTEGER NOT NULL,
    receiveCount INTEGER NOT NULL DEFAULT 0,
    firstReceivedAt INTEGER,
    receipt TEXT,
    source TEXT
  );
  CREATE INDEX IF NOT EXISTS visible ON messages (queue, visibleAt);
  CREATE INDEX IF NOT EXISTS receipts ON messages (receipt);
`;

/** Of each group one after the other, first those of the groups with the fewest messages in flight. */
const FAIREST = `
  WITH busy AS (
    SELECT groupId, COUNT(*) AS inFlight FROM messages
    WHERE queue = :queue AND visibleAt > :now AND receipt IS NOT NULL GROUP BY groupId
  ), ranked AS (
    SELECT seq, groupId, ROW_NUMBER() OVER (PARTITION BY COALESCE(groupId, id) ORDER BY seq) AS place
    FROM messages WHERE queue = :queue AND visibleAt <= :now
  )
  SELECT messages.* FROM ranked JOIN messages USING (seq) LEFT JOIN busy ON busy.groupId = ranked.groupId
  ORDER BY COALESCE(busy.inFlight, 0) + ranked.place, seq LIMIT :limit`;

const COUNTS = `
  SELECT COALESCE(SUM(visibleAt <= :now), 0) AS visible,
    COALESCE(SUM(visibleAt > :now AND receipt IS NOT NULL), 0) AS inFlight,
    COALESCE(SUM(visibleAt > :now AND receipt IS NULL), 0) AS delayed
  FROM messages WHERE queue = :queue`;

const countsSchema = z.object({ visible: z.int(), inFlight: z.int(), delayed: z.int() });

/** The messages of all queues in one SQLite file. Knows no rules but its own integrity. */
export function openMessageTable(file: string) {
  const database = openPrivateDatabase(file, SCHEMA);
  const sql = (text: string) => database.prepare(text);
  const statements = {
    insert: sql(`INSERT INTO messages (id, queue, body, attributes, groupId, sentAt, visibleAt)
      VALUES (:id, :queue, :body, :attributes, :groupId, :sentAt, :visibleAt)`),
    fairest: sql(FAIREST),
    take: sql(`UPDATE messages SET receipt = :receipt, visibleAt = :visibleAt, receiveCount = receiveCount + 1,
      firstReceivedAt = COALESCE(firstReceivedAt, :now) WHERE seq = :seq RETURNING *`),
    bury: sql(`UPDATE messages SET source = queue, queue = :target, receipt = NULL, visibleAt = :now
      WHERE queue = :queue AND visibleAt <= :now AND receiveCount >= :maxReceiveCount`),
    buried: sql(`SELECT * FROM messages WHERE queue = :queue AND source = :source AND visibleAt <= :now
      ORDER BY seq LIMIT 1`),
    unbury: sql(`UPDATE messages SET id = :id, queue = source, source = NULL, receipt = NULL, receiveCount = 0,
      firstReceivedAt = NULL, sentAt = :now, visibleAt = :now WHERE seq = :seq`),
    remove: sql('DELETE FROM messages WHERE queue = :queue AND receipt = :receipt'),
    removeOlder: sql('DELETE FROM messages WHERE queue = :queue AND sentAt < :before'),
    changeVisibility: sql(`UPDATE messages SET visibleAt = :visibleAt
      WHERE queue = :queue AND receipt = :receipt AND visibleAt > :now`),
    releaseAll: sql('UPDATE messages SET visibleAt = :now WHERE receipt IS NOT NULL AND visibleAt > :now'),
    nextVisible: sql('SELECT MIN(visibleAt) AS visibleAt FROM messages WHERE queue = :queue AND visibleAt > :now'),
    oldest: sql('SELECT * FROM messages WHERE queue = :queue ORDER BY seq LIMIT :limit'),
    counts: sql(COUNTS),
  };
  const messages = (rows: unknown): StoredMessage[] => z.array(storedSchema).parse(rows);

  return {
    insert: (message: Insertion): void => void statements.insert.run({ ...message }),
    fairest: (queue: string, now: number, limit: number) => messages(statements.fairest.all({ queue, now, limit })),
    take: ({ seq }: StoredMessage, change: { receipt: string; visibleAt: number; now: number }): StoredMessage =>
      storedSchema.parse(statements.take.get({ seq, ...change })),
    bury: (worn: { queue: string; maxReceiveCount: number; now: number }, target: string): number =>
      Number(statements.bury.run({ ...worn, target }).changes),
    /** One by one, each with a new id, until none is left. */
    unbury(queue: string, source: string, now: number): number {
      for (let count = 0; ; count += 1) {
        const found = storedSchema.optional().parse(statements.buried.get({ queue, source, now }));
        if (found === undefined) return count;
        statements.unbury.run({ seq: found.seq, id: randomUUID(), now });
      }
    },
    remove: (queue: string, receipt: string): void => void statements.remove.run({ queue, receipt }),
    removeOlderThan: (queue: string, before: number): void => void statements.removeOlder.run({ queue, before }),
    changeVisibility: (queue: string, receipt: string, change: { now: number; visibleAt: number }): boolean =>
      Number(statements.changeVisibility.run({ queue, receipt, ...change }).changes) > 0,
    releaseAll: (now: number): void => void statements.releaseAll.run({ now }),
    nextVisible: (queue: string, now: number): number | undefined =>
      z.object({ visibleAt: z.int().nullable() }).parse(statements.nextVisible.get({ queue, now })).visibleAt ??
      undefined,
    oldest: (queue: string, limit: number) => messages(statements.oldest.all({ queue, limit })),
    counts: (queue: string, now: number) => countsSchema.parse(statements.counts.get({ queue, now })),
    close: (): void => database.close(),
  };
}
