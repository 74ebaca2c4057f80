import { randomUUID } from 'node:crypto';
import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { CatalogStore, ServerWrite } from '../../hub/catalog/catalog-store.ts';
import type { TenantId } from '../../hub/principal.ts';
import type { Server } from '../../hub/servers/server.ts';
import { approvalWrites } from './approval-writes.ts';
import { catalogTooLarge, decodePins } from './catalog-codec.ts';
import { type HeadItem, headItemSchema, pinsItemSchema } from './catalog-items.ts';
import { CatalogMoved, catalogDeletes, catalogWrites, putPins } from './catalog-writes.ts';
import { createDynamoCatalogReader, queryCatalog } from './dynamo-catalog-reader.ts';
import { lostRace, reachable } from './dynamo-error.ts';
import { headKey, pinsKey, type TableKey, toolsPrefix } from './keys.ts';
import { type RegistryTable, serverChange, serverCreation, syncNote } from './server-writes.ts';
import { transact, type Write } from './transaction.ts';

export interface HubTables {
  readonly registry: string;
  readonly catalog: string;
}

/** A catalog that nobody refreshed for so long is forgotten; its pins are not. */
const LIFETIME_SECONDS = 30 * 24 * 3600;
/** Limits of TransactWriteItems. */
const MAX_TRANSACTION_ITEMS = 100;
const MAX_TRANSACTION_BYTES = 3.8 * 1024 * 1024;

export interface WrittenTables extends HubTables {
  /** Of {@link RegistryTable}. */
  readonly refreshMs: number;
}

export function createDynamoCatalogStore(
  client: DynamoDBClient,
  tables: WrittenTables,
  now: () => number,
): CatalogStore {
  const registry: RegistryTable = { tableName: tables.registry, refreshMs: tables.refreshMs };
  return {
    ...createDynamoCatalogReader(client, tables.catalog, now),

    async readPins(tenantId, slug) {
      const item = await get(tables.registry, pinsKey(tenantId, slug));
      if (item === undefined) return { hashes: new Map(), version: 0 };
      const { data, version } = pinsItemSchema.parse(item);
      return { hashes: decodePins(data), version };
    },

    async commit(write, catalog, hashes, pinsVersion) {
      const { server } = write;
      const previous = await readHead(server.tenantId, server.slug);
      const commit = { commitId: randomUUID(), expiresAt: Math.floor(now() / 1000) + LIFETIME_SECONDS };
      return storedUnlessMoved([
        ...serverWrites(write),
        putPins(tables.registry, server, hashes, pinsVersion),
        ...catalogWrites(tables.catalog, server, catalog, previous, commit),
      ]);
    },

    async approve(server, tools, pins) {
      const current = await readAll(server);
      const hashes = new Map([
        ...pins.hashes,
        ...tools.map(({ definition, hash }) => [definition.name, hash] as const),
      ]);
      const stored = await storedUnlessMoved([
        putPins(tables.registry, server, hashes, pins.version),
        ...approvalWrites(tables.catalog, server, tools, current),
      ]);
      if (!stored) throw lostRace();
    },

    async remove(server) {
      const head = await readHead(server.tenantId, server.slug);
      if (head?.serverId === server.serverId) await transact(client, catalogDeletes(tables.catalog, server, head));
    },
  };

  function serverWrites(write: ServerWrite): Write[] {
    const { server } = write;
    switch (write.kind) {
      case 'create':
        return serverCreation(registry, server);
      case 'change':
        return [serverChange(registry, server, write.expectedVersion, server.lastSync)];
      case 'sync':
        return [{ item: { Update: syncNote(registry, server, server.lastSync) } }];
    }
  }

  /** False when another sync or approval was faster; a refusal of the server's row is thrown. */
  async function storedUnlessMoved(writes: readonly Write[]): Promise<boolean> {
    const bytes = writes.reduce((sum, { item }) => sum + (item.Put?.Item?.['data']?.B?.length ?? 0) + 512, 0);
    if (writes.length > MAX_TRANSACTION_ITEMS || bytes > MAX_TRANSACTION_BYTES) throw catalogTooLarge();
    try {
      await transact(client, writes);
      return true;
    } catch (error) {
      if (error instanceof CatalogMoved) return false;
      throw error;
    }
  }

  async function readAll({ tenantId, slug }: Server): Promise<Record<string, unknown>[]> {
    const wanted = { tenantId, prefix: toolsPrefix(slug), consistent: true };
    return reachable(queryCatalog(client, tables.catalog, wanted));
  }

  async function readHead(tenantId: TenantId, slug: string): Promise<HeadItem | undefined> {
    const item = await get(tables.catalog, headKey(tenantId, slug));
    return item === undefined ? undefined : headItemSchema.parse(item);
  }

  async function get(table: string, key: TableKey): Promise<Record<string, unknown> | undefined> {
    const request = new GetItemCommand({ TableName: table, Key: marshall(key), ConsistentRead: true });
    const { Item } = await reachable(client.send(request));
    return Item === undefined ? undefined : unmarshall(Item);
  }
}
