import { RemovalPolicy } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { ENV, VAULT_CONTEXT, type VaultPurpose } from '../lambdas/contract.ts';
import type { HubFunction } from './hub-function.ts';
import type { StageConfig } from './stage-config.ts';

const DATA_PLANE = [
  'kms:Decrypt',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

/**
 * The key that wraps upstream credentials and the state of unfinished requests. Whoever seals or opens something must
 * name its purpose and the tenant and the server it belongs to: the permissions hold for exactly that encryption context,
 * and the key's own policy refuses any other use, also by administrators.
 */
export class Vault extends Construct {
  readonly key: Key;
  private readonly stage: string;

  constructor(scope: Construct, id: string, { name, data }: StageConfig) {
    super(scope, id);
    this.stage = name;
    this.key = new Key(this, 'Key', {
      description: `Nexus Hub ${name}: credentials of upstream servers`,
      enableKeyRotation: true,
      // Cannot be changed later, and what is sealed under a key of one Region is lost to every other.
      multiRegion: true,
      removalPolicy: data.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    // A negated operator also matches a request that has no context at all.
    this.refuse('RefuseOtherApps', { StringNotEquals: { [contextKey('app')]: VAULT_CONTEXT.app } });
    this.refuse('RefuseOtherStages', { StringNotEquals: { [contextKey('stage')]: name } });
    this.refuse('RefuseUnboundToATenant', { Null: { [contextKey('tenantId')]: 'true' } });
    this.refuse('RefuseUnboundToAServer', { Null: { [contextKey('serverId')]: 'true' } });
  }

  /** To seal is to ask for a new data key; it opens nothing. */
  grantSeal(fn: HubFunction, purpose: VaultPurpose): void {
    this.grantInContext(fn, 'kms:GenerateDataKey', purpose);
  }

  grantOpen(fn: HubFunction, purpose: VaultPurpose): void {
    this.grantInContext(fn, 'kms:Decrypt', purpose);
  }

  private grantInContext(fn: HubFunction, action: string, purpose: VaultPurpose): void {
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: [action],
        resources: [this.key.keyArn],
        conditions: this.exactContext(purpose),
      }),
    );
    fn.provide({ [ENV.vaultKey]: this.key.keyArn });
  }

  /** Every key is there (StringEquals and Null), and no other is (ForAllValues, which alone is true of no keys at all). */
  private exactContext(purpose: VaultPurpose) {
    const fixed = { app: VAULT_CONTEXT.app, stage: this.stage, purpose };
    const varying = VAULT_CONTEXT.keys.filter((key) => !(key in fixed));
    return {
      StringEquals: Object.fromEntries(Object.entries(fixed).map(([key, value]) => [contextKey(key), value])),
      Null: Object.fromEntries(varying.map((key) => [contextKey(key), 'false'])),
      'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': [...VAULT_CONTEXT.keys] },
    };
  }

  private refuse(sid: string, conditions: Record<string, Record<string, string>>): void {
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid,
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: DATA_PLANE,
        resources: ['*'],
        conditions,
      }),
    );
  }
}

function contextKey(key: string): string {
  return `kms:EncryptionContext:${key}`;
}
