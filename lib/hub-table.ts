import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { TABLE_KEYS } from '../lambdas/contract.ts';
import type { DataKey } from './data-key.ts';
import type { HubFunction } from './hub-function.ts';

export interface HubTableProps {
  readonly dataKey: DataKey;
  /** Environment variable that tells a function the table's name. */
  readonly environmentName: string;
  /** Whether it can be restored to any second of the last 35 days. */
  readonly recoverable: boolean;
  /** Whether it outlives the stack and refuses to be deleted. */
  readonly retain: boolean;
  /** Whether items expire. */
  readonly expires: boolean;
}

export type TableAction = 'GetItem' | 'BatchGetItem' | 'Query' | 'Scan' | 'PutItem' | 'UpdateItem' | 'DeleteItem';

const READS: ReadonlySet<TableAction> = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan']);

/** A table of the hub: generic string keys, on demand, encrypted with the hub's own key. */
export class HubTable extends Table {
  private readonly dataKey: DataKey;
  private readonly environmentName: string;

  constructor(scope: Construct, id: string, { dataKey, environmentName, recoverable, retain, expires }: HubTableProps) {
    super(scope, id, {
      partitionKey: { name: TABLE_KEYS.partition, type: AttributeType.STRING },
      sortKey: { name: TABLE_KEYS.sort, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: dataKey,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: recoverable },
      deletionProtection: retain,
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      ...(expires ? { timeToLiveAttribute: TABLE_KEYS.ttl } : {}),
    });
    this.dataKey = dataKey;
    this.environmentName = environmentName;
  }

  /** Permission to query one index, which shows what the table's items say. */
  grantIndexQuery(fn: HubFunction, indexName: string): void {
    fn.addToRolePolicy(
      new PolicyStatement({ actions: ['dynamodb:Query'], resources: [`${this.tableArn}/index/${indexName}`] }),
    );
  }

  /** Permission to change these attributes of an item, and no others; a request that reads more of it is refused. */
  grantUpdateOf(fn: HubFunction, attributes: readonly string[]): void {
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['dynamodb:UpdateItem'],
        resources: [this.tableArn],
        conditions: {
          // ForAllValues is also true of no attributes at all.
          Null: { 'dynamodb:Attributes': 'false' },
          'ForAllValues:StringEquals': { 'dynamodb:Attributes': [...attributes] },
          StringEqualsIfExists: { 'dynamodb:ReturnValues': 'NONE' },
        },
      }),
    );
    this.dataKey.grantTableWrite(fn);
  }

  /** Permission for exactly these actions, the use of the key that they imply, and the table's name. */
  grantActions(fn: HubFunction, actions: readonly TableAction[]): void {
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: actions.map((action) => `dynamodb:${action}`),
        resources: [this.tableArn],
      }),
    );
    if (actions.every((action) => READS.has(action))) this.dataKey.grantTableRead(fn);
    else this.dataKey.grantTableWrite(fn);
    fn.provide({ [this.environmentName]: this.tableName });
  }
}
