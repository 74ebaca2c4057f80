import type { Update } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { TenantId } from '../../hub/principal.ts';
import { type LastSync, MAX_SERVERS_PER_TENANT, type Server } from '../../hub/servers/server.ts';
import { noRoom, slugTaken } from '../../hub/servers/server-refusals.ts';
import { pinsKey, serverCountKey, serverKey } from './keys.ts';
import { settingsOf } from './server-item.ts';
import type { Write } from './transaction.ts';

/** The slug is free in this tenant. */
const SLUG_IS_FREE = 'attribute_not_exists(pk)';
/** The tenant has room for one more. */
const HAS_ROOM = 'attribute_not_exists(servers) OR servers < :max';
/** Nobody wrote the row since it was read. */
const VERSION_IS_READ = 'serverId = :serverId AND version = :version';
/** It is still the server that was asked, over the connection that was used, and trusted as it was. */
const SAME_CONNECTION = 'serverId = :serverId AND revision = :revision AND trustDefinitions = :trustDefinitions';

export function serverCreation(tableName: string, server: Server): Write[] {
  // Whatever a tenant registers speaks MCP.
  const { adapter, system, ...row } = server;
  const item = { ...serverKey(server.tenantId, server.slug), ...row };
  const put = {
    TableName: tableName,
    Item: marshall(item, { removeUndefinedValues: true }),
    ConditionExpression: SLUG_IS_FREE,
  };
  return [{ item: { Put: put }, refusal: () => slugTaken(server.slug) }, countServer(tableName, server.tenantId)];
}

/** Changes the settings; `lastSync` belongs to the syncs and is written only together with one. */
export function serverChange(tableName: string, server: Server, expectedVersion: number, lastSync?: LastSync): Write {
  const attributes = Object.entries({ ...settingsOf(server), ...(lastSync === undefined ? {} : { lastSync }) });
  const present = attributes.filter(([, value]) => value !== undefined);
  const absent = attributes.filter(([, value]) => value === undefined);
  const set = `SET ${present.map(([name]) => `#${name} = :new_${name}`).join(', ')}`;
  const remove = absent.length === 0 ? '' : ` REMOVE ${absent.map(([name]) => `#${name}`).join(', ')}`;
  const update = {
    TableName: tableName,
    Key: marshall(serverKey(server.tenantId, server.slug)),
    UpdateExpression: set + remove,
    ConditionExpression: VERSION_IS_READ,
    ExpressionAttributeNames: Object.fromEntries(attributes.map(([name]) => [`#${name}`, name])),
    ExpressionAttributeValues: marshall({
      ...Object.fromEntries(present.map(([name, value]) => [`:new_${name}`, value])),
      ':serverId': server.serverId,
      ':version': expectedVersion,
    }),
  };
  return { item: { Update: update } };
}

/** Notes the outcome of a sync; answers an `UpdateItem` that repeats without harm. */
export function syncNote(tableName: string, server: Server, lastSync: LastSync): Update {
  const { serverId, revision, trustDefinitions } = server;
  return {
    TableName: tableName,
    Key: marshall(serverKey(server.tenantId, server.slug)),
    UpdateExpression: 'SET lastSync = :lastSync',
    ConditionExpression: SAME_CONNECTION,
    ExpressionAttributeValues: marshall({
      ':lastSync': lastSync,
      ':serverId': serverId,
      ':revision': revision,
      ':trustDefinitions': trustDefinitions,
    }),
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
