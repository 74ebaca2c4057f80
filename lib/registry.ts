import { AttributeType, ProjectionType } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { DUE_INDEX, ENV } from '../lambdas/contract.ts';
import type { DataKey } from './data-key.ts';
import type { HubFunction } from './hub-function.ts';
import { HubTable } from './hub-table.ts';
import type { StageConfig } from './stage-config.ts';

/** What tenants entrust to the hub: servers, sealed credentials, permissions. The one table that cannot be rebuilt. */
export class Registry extends Construct {
  readonly table: HubTable;
  private readonly refreshHours: number;

  constructor(scope: Construct, id: string, props: { readonly dataKey: DataKey; readonly config: StageConfig }) {
    super(scope, id);
    this.refreshHours = props.config.catalog.refreshHours;
    this.table = new HubTable(this, 'Table', {
      dataKey: props.dataKey,
      environmentName: ENV.registryTable,
      recoverable: true,
      retain: props.config.data.retain,
      expires: false,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: DUE_INDEX.name,
      partitionKey: { name: DUE_INDEX.partition, type: AttributeType.STRING },
      sortKey: { name: DUE_INDEX.sort, type: AttributeType.NUMBER },
      // Names only: who looks for what is due sees no settings and no secret.
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: ['tenantId', 'slug', 'serverId'],
    });
  }

  grantBrowse(fn: HubFunction): void {
    this.table.grantActions(fn, ['GetItem', 'Query']);
  }

  grantManage(fn: HubFunction): void {
    this.table.grantActions(fn, ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem']);
    this.tellInterval(fn);
  }

  /** To find the servers that are due, and to put them off. */
  grantDue(fn: HubFunction): void {
    this.table.grantActions(fn, ['UpdateItem']);
    this.table.grantIndexQuery(fn, DUE_INDEX.name);
    this.tellInterval(fn);
  }

  /** To store what a server of the registry answered, with its pins. */
  grantSync(fn: HubFunction): void {
    this.table.grantActions(fn, ['GetItem', 'PutItem', 'UpdateItem']);
    this.tellInterval(fn);
  }

  /** To find out whether there is a server. */
  grantLookUp(fn: HubFunction): void {
    this.table.grantActions(fn, ['GetItem']);
  }

  /** A call reads everything it needs by key, from both tables in one round trip. */
  grantCall(fn: HubFunction): void {
    this.table.grantActions(fn, ['BatchGetItem']);
  }

  /** Whoever writes a server writes when it is due. */
  private tellInterval(fn: HubFunction): void {
    fn.provide({ [ENV.catalogRefreshHours]: String(this.refreshHours) });
  }
}
