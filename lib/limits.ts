import { Validations } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ENV } from '../lambdas/contract.ts';
import type { DataKey } from './data-key.ts';
import type { HubFunction } from './hub-function.ts';
import { HubTable } from './hub-table.ts';
import type { StageConfig } from './stage-config.ts';

/** How often tenants called: counters that every call changes, apart from what has to be kept. */
export class Limits extends Construct {
  readonly table: HubTable;
  private readonly tenantCallsPerMinute: number;

  constructor(scope: Construct, id: string, props: { readonly dataKey: DataKey; readonly config: StageConfig }) {
    super(scope, id);
    this.tenantCallsPerMinute = props.config.limits.tenantCallsPerMinute;
    this.table = new HubTable(this, 'Table', {
      dataKey: props.dataKey,
      environmentName: ENV.limitsTable,
      recoverable: false,
      retain: false,
      expires: true,
    });
    Validations.of(this.table).acknowledge({
      id: 'AwsSolutions-DDB3',
      reason: 'Counters of the last minute are worth nothing a day later.',
    });
  }

  /** To count a call is to change its counters; nothing reads them otherwise. */
  grantCount(fn: HubFunction): void {
    this.table.grantActions(fn, ['UpdateItem']);
    fn.provide({ [ENV.tenantCallsPerMinute]: String(this.tenantCallsPerMinute) });
  }
}
