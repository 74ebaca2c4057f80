import { Validations } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ENV, TABLE_KEYS } from '../lambdas/contract.ts';
import type { DataKey } from './data-key.ts';
import type { HubFunction } from './hub-function.ts';
import { HubTable } from './hub-table.ts';

/** What a call may write: how long the tool took. No item of a catalog has these attributes. */
const DURATION_ATTRIBUTES = [TABLE_KEYS.partition, TABLE_KEYS.sort, 'learnedOf', 'durations'];

/** What the servers offer: a cache of their tools, resources and prompts, rebuilt by a synchronization. */
export class Catalog extends Construct {
  readonly table: HubTable;

  constructor(scope: Construct, id: string, props: { readonly dataKey: DataKey }) {
    super(scope, id);
    this.table = new HubTable(this, 'Table', {
      dataKey: props.dataKey,
      environmentName: ENV.catalogTable,
      recoverable: false,
      retain: false,
      expires: true,
    });
    Validations.of(this.table).acknowledge({
      id: 'AwsSolutions-DDB3',
      reason: 'A cache is refilled from the servers, not restored from a backup.',
    });
  }

  grantBrowse(fn: HubFunction): void {
    this.table.grantActions(fn, ['Query']);
  }

  grantManage(fn: HubFunction): void {
    this.table.grantActions(fn, ['GetItem', 'Query', 'PutItem', 'DeleteItem']);
  }

  /** To find what belongs to no server, and to remove it. */
  grantCleanUp(fn: HubFunction): void {
    this.table.grantActions(fn, ['Scan', 'DeleteItem']);
  }

  /** Prompts are found in their server's list, for their own names may be lost in those under which they are shown. */
  grantCall(fn: HubFunction): void {
    this.table.grantActions(fn, ['BatchGetItem', 'Query']);
    this.table.grantUpdateOf(fn, DURATION_ATTRIBUTES);
  }
}
