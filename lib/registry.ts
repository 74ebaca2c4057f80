import { Construct } from 'constructs';
import { ENV } from '../lambdas/contract.ts';
import type { DataKey } from './data-key.ts';
import type { HubFunction } from './hub-function.ts';
import { HubTable } from './hub-table.ts';
import type { StageConfig } from './stage-config.ts';

/** What tenants entrust to the hub: servers, sealed credentials, permissions. The one table that cannot be rebuilt. */
export class Registry extends Construct {
  readonly table: HubTable;

  constructor(scope: Construct, id: string, props: { readonly dataKey: DataKey; readonly config: StageConfig }) {
    super(scope, id);
    this.table = new HubTable(this, 'Table', {
      dataKey: props.dataKey,
      environmentName: ENV.registryTable,
      recoverable: true,
      retain: props.config.data.retain,
      expires: false,
    });
  }

  grantBrowse(fn: HubFunction): void {
    this.table.grantActions(fn, ['GetItem', 'Query']);
  }

  grantManage(fn: HubFunction): void {
    this.table.grantActions(fn, ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem']);
  }

  /** A call reads everything it needs by key, from both tables in one round trip. */
  grantCall(fn: HubFunction): void {
    this.table.grantActions(fn, ['BatchGetItem']);
  }
}
