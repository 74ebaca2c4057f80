import { join } from 'node:path';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import * as z from 'zod';
import { prepareDataDirectory } from '../data-directory.ts';
import { readFileIfPresent, writePrivateFile } from '../private-file.ts';

interface Entry {
  readonly payload: AdapterPayload;
  /** Milliseconds since the epoch; `null` for what does not end. */
  readonly expiresAt: number | null;
}

type Entries = Map<string, Entry>;

/**
 * How many of each kind are kept; the oldest go first. Registration is open, so clients have to be bounded; those that
 * somebody allowed something go last, or any page could make people's clients unknown by registering its own.
 */
const LIMITS: Readonly<Record<string, number>> = { Client: 100 };
const USUAL_LIMIT = 1_000;

/** What a client keeps using after the hub was started again: itself, and what somebody allowed it. */
const LASTING: readonly string[] = ['Client', 'Grant', 'RefreshToken'];

const storedSchema = z.record(
  z.string(),
  z.array(
    z.tuple([z.string(), z.object({ payload: z.custom<AdapterPayload>(isObject), expiresAt: z.number().nullable() })]),
  ),
);

/** Where the issuer keeps its things, by model: clients, grants and refresh tokens in one file, the rest in memory. */
export function createIssuerState(dataDirectory: string, clock: { now(): number } = Date): (model: string) => Adapter {
  prepareDataDirectory(dataDirectory);
  const file = join(dataDirectory, 'issuer-state.json');
  const models = readState(file);

  function save(): void {
    const lasting = LASTING.map((model) => [model, [...entriesOf(models, model)]] as const);
    writePrivateFile(file, JSON.stringify(Object.fromEntries(lasting)));
  }

  return (model) => {
    const saved = LASTING.includes(model) ? save : () => {};
    const isInUse = (id: string): boolean =>
      model === 'Client' && [...entriesOf(models, 'Grant').values()].some(({ payload }) => payload.clientId === id);
    const limit = LIMITS[model] ?? USUAL_LIMIT;
    return createAdapter({ entries: entriesOf(models, model), limit, isInUse, saved, clock });
  };
}

interface AdapterOptions {
  readonly entries: Entries;
  readonly limit: number;
  readonly isInUse: (id: string) => boolean;
  readonly saved: () => void;
  readonly clock: { now(): number };
}

/** https://github.com/panva/node-oidc-provider/blob/main/example/my_adapter.js says what each method promises. */
function createAdapter({ entries, limit, isInUse, saved, clock }: AdapterOptions): Adapter {
  const isAlive = ({ expiresAt }: Entry): boolean => expiresAt === null || expiresAt > clock.now();

  function search(matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined {
    return [...entries.values()].find((entry) => isAlive(entry) && matches(entry.payload))?.payload;
  }

  function dropOldest(newest: string): void {
    const others = [...entries.keys()].filter((id) => id !== newest);
    const { used = [], unused = [] } = Object.groupBy(others, (id) => (isInUse(id) ? 'used' : 'unused'));
    for (const id of [...unused, ...used].slice(0, Math.max(entries.size - limit, 0))) entries.delete(id);
  }

  return {
    async upsert(id, payload, expiresIn) {
      entries.set(id, { payload, expiresAt: expiresIn === undefined ? null : clock.now() + expiresIn * 1000 });
      if (entries.size > limit) {
        dropWhere(entries, (entry) => !isAlive(entry));
        dropOldest(id);
      }
      saved();
    },
    async find(id) {
      const entry = entries.get(id);
      return entry !== undefined && isAlive(entry) ? entry.payload : undefined;
    },
    findByUid: async (uid) => search((payload) => payload.uid === uid),
    findByUserCode: async (userCode) => search((payload) => payload.userCode === userCode),
    async consume(id) {
      const entry = entries.get(id);
      if (entry === undefined) return;
      entries.set(id, { ...entry, payload: { ...entry.payload, consumed: Math.floor(clock.now() / 1000) } });
      saved();
    },
    async destroy(id) {
      if (entries.delete(id)) saved();
    },
    async revokeByGrantId(grantId) {
      if (dropWhere(entries, ({ payload }) => payload.grantId === grantId)) saved();
    },
  };
}

function dropWhere(entries: Entries, matches: (entry: Entry) => boolean): boolean {
  const dropped = [...entries].filter(([, entry]) => matches(entry));
  for (const [id] of dropped) entries.delete(id);
  return dropped.length > 0;
}

function entriesOf(models: Map<string, Entries>, model: string): Entries {
  const entries: Entries = models.get(model) ?? new Map<string, Entry>();
  models.set(model, entries);
  return entries;
}

function readState(file: string): Map<string, Entries> {
  const text = readFileIfPresent(file) ?? '{}';
  try {
    const stored = storedSchema.parse(JSON.parse(text));
    return new Map(Object.entries(stored).map(([model, entries]) => [model, new Map(entries)]));
  } catch (error) {
    throw new Error(`${file} cannot be read: delete it, which signs every client out`, { cause: error });
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
