import type { Update } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { DUE_INDEX } from '../../contract.ts';
import type { TenantId } from '../../hub/principal.ts';
import { refreshAt } from '../../hub/servers/refresh-time.ts';
import { type LastSync, MAX_SERVERS_PER_TENANT, type Server } from '../../hub/servers/server.ts';
import { noRoom, slugTaken } from '../../hub/servers/server-refusals.ts';
import { dueShardOf, pinsKey, serverCountKey, serverKey } from './keys.ts';
import { settingsOf } from './server-item.ts';
import type { Write } from './transaction.ts';

/** The slug is free in this tenant. */
const SLUG_IS_FREE = 'attribute_not_exists(pk)';
/** The tenant has room for one more. */
const HAS_ROOM = 'attribute_not_exists(servers) OR servers < :max';
/** Nobody wrote the row since it was read. */
const VERSION_IS_READ = 'serverId = :serverId AND version = :version';
/** It is still the server that was asked, over the connection that was used, and enabled and trusted as it was. */
const SAME_CONNECTION =
  'serverId = :serverId AND revision = :revision AND enabled = :enabled AND trustDefinitions = :trustDefinitions';

export interface RegistryTable {
  readonly tableName: string;
  /** After so long a server that answers is asked again what it offers. */
  readonly refreshMs: number;
}

export function serverCreation({ tableName, refreshMs }: RegistryTable, server: Server): Write[] {
  // Whatever a tenant registers speaks MCP.
  const { adapter, system, ...row } = server;
  const item = { ...serverKey(server.tenantId, server.slug), ...row, ...dueAttributes(server, refreshMs) };
  const put = {
    TableName: tableName,
    Item: marshall(item, { removeUndefinedValues: true }),
    ConditionExpression: SLUG_IS_FREE,
  };
  return [{ item: { Put: put }, refusal: () => slugTaken(server.slug) }, countServer(tableName, server.tenantId)];
}

/** Changes the settings; `lastSync` belongs to the syncs and is written only together with one. */
export function serverChange(
  { tableName, refreshMs }: RegistryTable,
  server: Server,
  expectedVersion: number,
  lastSync?: LastSync,
): Write {
  const due = dueAttributes({ ...server, lastSync: lastSync ?? server.lastSync }, refreshMs);
  const { values, ...assignment } = assignmentOf({
    ...settingsOf(server),
    ...(lastSync === undefined ? {} : { lastSync }),
    ...due,
  });
  const update = {
    TableName: tableName,
    Key: marshall(serverKey(server.tenantId, server.slug)),
    ...assignment,
    ConditionExpression: VERSION_IS_READ,
    ExpressionAttributeValues: marshall({ ...values, ':serverId': server.serverId, ':version': expectedVersion }),
  };
  return { item: { Update: update } };
}

/** Notes the outcome of a sync; answers an `UpdateItem` that repeats without harm. */
export function syncNote({ tableName, refreshMs }: RegistryTable, server: Server, lastSync: LastSync): Update {
  const { serverId, revision, enabled, trustDefinitions } = server;
  const due = dueAttributes({ ...server, lastSync }, refreshMs);
  const { values, ...assignment } = assignmentOf({ lastSync, ...due });
  return {
    TableName: tableName,
    Key: marshall(serverKey(server.tenantId, server.slug)),
    ...assignment,
    ConditionExpression: SAME_CONNECTION,
    ExpressionAttributeValues: marshall({
      ...values,
      ':serverId': serverId,
      ':revision': revision,
      ':enabled': enabled,
      ':trustDefinitions': trustDefinitions,
    }),
  };
}

/** Makes the index show the server when it is to be asked again, and not at all while it is disabled. */
function dueAttributes(server: Server, refreshMs: number) {
  const at = refreshAt(server, refreshMs);
  return {
    [DUE_INDEX.partition]: at === undefined ? undefined : dueShardOf(server.serverId),
    [DUE_INDEX.sort]: at,
  };
}

/** Sets the attributes that have a value and removes those that have none. */
function assignmentOf(attributes: Readonly<Record<string, unknown>>) {
  const present = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const absent = Object.keys(attributes).filter((name) => attributes[name] === undefined);
  const set = `SET ${present.map(([name]) => `#${name} = :new_${name}`).join(', ')}`;
  const remove = absent.length === 0 ? '' : ` REMOVE ${absent.map((name) => `#${name}`).join(', ')}`;
  return {
    UpdateExpression: set + remove,
    ExpressionAttributeNames: Object.fromEntries(Object.keys(attributes).map((name) => [`#${name}`, name])),
    values: Object.fromEntries(present.map(([name, value]) => [`:new_${name}`, value])),
  };
}

/** The pins go with the server, so that one added again under its slug starts anew. */
export function serverDeletion(tableName: string, { tenantId, slug, serverId, version }: Server): Write[] {
  const row = {
    TableName: tableName,
    Key: marshall(serverKey(tenantId, slug)),
    ConditionExpression: VERSION_IS_READ,
    ExpressionAttributeValues: marshall({ ':serverId': serverId, ':version': version }),
  };
  return [
    { item: { Delete: row } },
    { item: { Delete: { TableName: tableName, Key: marshall(pinsKey(tenantId, slug)) } } },
    { item: { Update: addToCount(tableName, tenantId, -1) } },
  ];
}

/** Counted where the server is created, so that no number of simultaneous additions passes the limit. */
function countServer(tableName: string, tenantId: TenantId): Write {
  const update = addToCount(tableName, tenantId, 1);
  const conditioned = {
    ...update,
    ConditionExpression: HAS_ROOM,
    ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ...marshall({ ':max': MAX_SERVERS_PER_TENANT }) },
  };
  return { item: { Update: conditioned }, refusal: noRoom };
}

function addToCount(tableName: string, tenantId: TenantId, change: 1 | -1): Update {
  return {
    TableName: tableName,
    Key: marshall(serverCountKey(tenantId)),
    UpdateExpression: 'ADD servers :change',
    ExpressionAttributeValues: marshall({ ':change': change }),
  };
}
