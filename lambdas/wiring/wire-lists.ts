import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type CatalogReader, createDynamoCatalogReader } from '../adapters/dynamo/dynamo-catalog-reader.ts';
import { createDynamoSystemStore } from '../adapters/dynamo/dynamo-system-store.ts';
import { createDynamoTenantConfigStore } from '../adapters/dynamo/dynamo-tenant-config-store.ts';
import type { TenantConfigStore } from '../hub/catalog/tenant-config.ts';
import { createRememberedStates } from '../hub/system/remembered-states.ts';
import { createSystemCatalogs } from '../hub/system/system-catalogs.ts';
import { createSystemConfig } from '../hub/system/system-config.ts';
import type { SystemStore } from '../hub/system/system-store.ts';

/** Settings of a function that lists what there is. */
export interface ListSettings {
  readonly registryTable: string;
  readonly catalogTable: string;
}

export interface WiredLists {
  readonly system: SystemStore;
  /** For lists of what servers offer: what an admin has just changed may show some seconds later. */
  readonly config: TenantConfigStore;
  /** For lists of the servers themselves. */
  readonly freshConfig: TenantConfigStore;
  readonly catalog: CatalogReader;
}

/** What a tenant has: its own servers and those of the deployment, with what they offer. */
export function wireLists(env: ListSettings, dynamo: DynamoDBClient, now: () => number): WiredLists {
  const stored = createDynamoTenantConfigStore(dynamo, env.registryTable);
  const system = createDynamoSystemStore(dynamo, env.registryTable);
  return {
    system,
    config: createSystemConfig({ config: stored, states: createRememberedStates(system, now) }),
    freshConfig: createSystemConfig({ config: stored, states: () => system.readStates() }),
    catalog: createSystemCatalogs(createDynamoCatalogReader(dynamo, env.catalogTable, now)),
  };
}
