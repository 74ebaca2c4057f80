import { type AttributeValue, BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { CallReader, CallSubject } from '../../hub/calls/call-reader.ts';
import type { TenantId } from '../../hub/principal.ts';
import type { Server } from '../../hub/servers/server.ts';
import type { SystemRows } from '../../hub/system/system-rows.ts';
import { isSystemSlug } from '../../hub/system/system-servers.ts';
import { CLOSED } from '../../hub/upstreams/circuit.ts';
import { bucketOf, decodeHead, decodeTools } from './catalog-codec.ts';
import { bucketItemSchema, durationIn, type HeadItem, headItemSchema, isAlive } from './catalog-items.ts';
import type { HubTables } from './dynamo-catalog-store.ts';
import { beingRewritten, reachable, unavailable } from './dynamo-error.ts';
import {
  bucketKey,
  durationsKey,
  headKey,
  ownCredentialKey,
  permissionsKey,
  serverKey,
  systemStateKey,
  type TableKey,
} from './keys.ts';
import { permissionsFromItem } from './permissions-item.ts';
import { serverFromItem } from './server-item.ts';
import { ownCredentialFromItem, stateFromItem } from './system-item.ts';

/** Times that unprocessed keys or a torn read are asked for again. */
const MAX_ROUNDS = 3;

type Item = Record<string, unknown>;

/** Reads everything that decides about a call with one BatchGetItem over both tables, strongly consistent. */
export function createDynamoCallReader(client: DynamoDBClient, tables: HubTables, now: () => number): CallReader {
  return {
    async read(tenantId, slug, exposedName) {
      for (let round = 0; round < MAX_ROUNDS; round += 1) {
        const subject = await readOnce(tenantId, slug, exposedName);
        if (subject !== 'torn') return subject;
      }
      throw beingRewritten();
    },

    async readServer(tenantId, slug) {
      const keys = { server: serverKey(tenantId, slug), head: headKey(tenantId, slug) };
      const system = systemKeys(tenantId, slug);
      const items = await batchGet([keys.server, ...Object.values(system)], [keys.head]);
      const { server, head } = serverIn(items, keys);
      return { server, head: head && decodeHead(head.data), circuit: CLOSED, ...systemRows(items, system) };
    },
  };

  async function readOnce(tenantId: TenantId, slug: string, exposedName: string): Promise<CallSubject | 'torn'> {
    const bucket = bucketOf(exposedName);
    const keys = {
      server: serverKey(tenantId, slug),
      permissions: permissionsKey(tenantId),
      head: headKey(tenantId, slug),
      bucket: bucketKey(tenantId, slug, bucket),
      durations: durationsKey(tenantId, slug, bucket),
    };
    const system = systemKeys(tenantId, slug);
    const registry = [keys.server, keys.permissions, ...Object.values(system)];
    const items = await batchGet(registry, [keys.head, keys.bucket, keys.durations]);
    const { server, head } = serverIn(items, keys);
    const permissions = permissionsFromItem(items.get(keys.permissions.sk)).permissions;
    const learned = durationIn(items.get(keys.durations.sk), exposedName);
    const none = {
      server,
      permissions,
      head: undefined,
      tool: undefined,
      circuit: CLOSED,
      learned,
      ...systemRows(items, system),
    };
    if (head === undefined) return none;
    const known = { ...none, head: decodeHead(head.data) };
    if (!head.buckets.includes(bucket)) return known;
    const found = bucketItemSchema.safeParse(items.get(keys.bucket.sk)).data;
    if (found?.commitId !== head.commitId) return 'torn';
    return { ...known, tool: decodeTools(found.data).find((tool) => tool.exposedName === exposedName) };
  }

  /** The head only if it is of this very server, and alive. */
  function serverIn(
    items: ReadonlyMap<string, Item>,
    keys: Readonly<Record<'server' | 'head', TableKey>>,
  ): { readonly server: Server | undefined; readonly head: HeadItem | undefined } {
    const serverItem = items.get(keys.server.sk);
    const server = serverItem === undefined ? undefined : serverFromItem(serverItem);
    const head = headItemSchema.safeParse(items.get(keys.head.sk)).data;
    const isCurrent = head !== undefined && head.serverId === server?.serverId && isAlive(head, now());
    return { server, head: isCurrent ? head : undefined };
  }

  async function batchGet(registry: readonly TableKey[], catalog: readonly TableKey[]): Promise<Map<string, Item>> {
    const items = new Map<string, Item>();
    let pending = {
      [tables.registry]: { Keys: registry.map((key) => marshall(key)), ConsistentRead: true },
      [tables.catalog]: { Keys: catalog.map((key) => marshall(key)), ConsistentRead: true },
    };
    for (let round = 0; round < MAX_ROUNDS && Object.keys(pending).length > 0; round += 1) {
      const { Responses, UnprocessedKeys } = await reachable(
        client.send(new BatchGetItemCommand({ RequestItems: pending })),
      );
      for (const item of Object.values(Responses ?? {}).flat()) addItem(items, item);
      pending = readAgain(UnprocessedKeys);
    }
    if (Object.keys(pending).length > 0) {
      throw unavailable(new Error('keys stay unprocessed'));
    }
    return items;
  }
}

/** Of a slug that no system server has, nothing more is read. */
function systemKeys(tenantId: TenantId, slug: string): { readonly state?: TableKey; readonly own?: TableKey } {
  if (!isSystemSlug(slug)) return {};
  return { state: systemStateKey(slug), own: ownCredentialKey(tenantId, slug) };
}

function systemRows(
  items: ReadonlyMap<string, Item>,
  { state, own }: ReturnType<typeof systemKeys>,
): { readonly system?: SystemRows } {
  if (state === undefined || own === undefined) return {};
  const [stateItem, ownItem] = [items.get(state.sk), items.get(own.sk)];
  return { system: { state: stateItem && stateFromItem(stateItem), own: ownItem && ownCredentialFromItem(ownItem) } };
}

function addItem(items: Map<string, Item>, item: Record<string, AttributeValue>): void {
  const plain = unmarshall(item);
  items.set(String(plain['sk']), plain);
}

function readAgain(unprocessed: Record<string, { Keys?: Record<string, AttributeValue>[] | undefined }> | undefined) {
  return Object.fromEntries(
    Object.entries(unprocessed ?? {}).map(([table, { Keys }]) => [table, { Keys: Keys ?? [], ConsistentRead: true }]),
  );
}
