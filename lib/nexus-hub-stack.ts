import { Aws, CfnOutput, CfnParameter, Fn, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ENV, type FunctionName } from '../lambdas/contract.ts';
import type { FunctionBundles } from './bundle-functions.ts';
import { AsyncJobs } from './async-jobs.ts';
import { Catalog } from './catalog.ts';
import { CatalogRefresh } from './catalog-refresh.ts';
import { Cleanup } from './cleanup.ts';
import { DataKey } from './data-key.ts';
import { DeadLetters } from './dead-letters.ts';
import { HubApi } from './hub-api.ts';
import { HubFunction } from './hub-function.ts';
import { Identity } from './identity.ts';
import { Limits } from './limits.ts';
import { Registry } from './registry.ts';
import type { StageConfig } from './stage-config.ts';
import {
  grantTrust,
  nameIssuer,
  nameScopes,
  type TrustedIssuer,
  trustLocalRuntime,
  trustPool,
} from './trusted-issuer.ts';
import { Vault } from './vault.ts';

export interface NexusHubStackProps extends StackProps {
  readonly config: StageConfig;
  readonly bundles: FunctionBundles;
}

/** The whole hub, top to bottom: what it keeps, what runs, who may do what, whom it trusts, and its door. */
export class NexusHubStack extends Stack {
  private readonly config: StageConfig;
  private readonly bundles: FunctionBundles;

  constructor(scope: Construct, id: string, { config, bundles, ...props }: NexusHubStackProps) {
    super(scope, id, { description: `Nexus Hub ${config.name}`, terminationProtection: config.data.retain, ...props });
    this.config = config;
    this.bundles = bundles;

    const dataKey = new DataKey(this, 'DataKey', config);
    const registry = new Registry(this, 'Registry', { dataKey, config });
    const catalog = new Catalog(this, 'Catalog', { dataKey });
    const limits = new Limits(this, 'Limits', { dataKey, config });
    const asyncJobs = new AsyncJobs(this, 'AsyncJobs', { dataKey, config });
    const vault = new Vault(this, 'Vault', config);
    const catalogRefresh = new CatalogRefresh(this, 'CatalogRefresh', config);
    const cleanup = new Cleanup(this, 'Cleanup');
    const scheduleDeadLetters = this.addScheduleDeadLetters();

    const authorizer = this.addFunction('authorizer', 'Authorizer', 'verifies access tokens');
    const open = this.addFunction('open', 'Open', 'answers what needs no token');
    const browse = this.addFunction('browse', 'Browse', 'lists tools and servers from the catalog');
    const manage = this.addFunction('manage', 'Manage', 'adds, changes and synchronizes servers');
    const invoke = this.addFunction('invoke', 'Invoke', 'calls a tool of an upstream server');
    const mcp = this.addFunction('mcp', 'Mcp', 'speaks MCP: lists, and calls upstream servers');
    const actions = this.addFunction('actions', 'Actions', 'does what clients of the Edge Function ask for');

    const jobs = this.addFunction('jobs', 'Jobs', 'shows and cancels jobs');
    const worker = this.addFunction('worker', 'Worker', 'calls tools that nobody waits for');
    const browser = this.addFunction('browser', 'Browser', 'drives browsers that run elsewhere');
    const sweeper = this.addFunction('sweeper', 'Sweeper', 'moves on jobs that stand still');
    const refreshStarter = this.addFunction('refreshStarter', 'RefreshStarter', 'finds servers to ask again');
    const refresher = this.addFunction('refresher', 'Refresher', 'asks a server again what it offers');
    const cleanupStarter = this.addFunction('cleanupStarter', 'CleanupStarter', 'starts the daily cleanup');
    const cleaner = this.addFunction('cleaner', 'Cleaner', 'removes what belongs to nothing');

    for (const fn of [browse, mcp]) {
      registry.grantBrowse(fn);
      catalog.grantBrowse(fn);
    }
    for (const fn of [manage, actions]) {
      registry.grantManage(fn);
      catalog.grantManage(fn);
      vault.grantSeal(fn, 'upstream-config');
    }
    for (const fn of [invoke, mcp, actions, worker, browser]) {
      registry.grantCall(fn);
      catalog.grantCall(fn);
      limits.grantCount(fn);
    }
    for (const fn of [manage, invoke, mcp, actions, worker, browser, refresher]) {
      vault.grantOpen(fn, 'upstream-config');
    }
    for (const fn of [invoke, actions]) asyncJobs.grantSubmit(fn);
    asyncJobs.grantTasks(mcp);
    asyncJobs.grantBrowse(jobs);
    asyncJobs.employ(worker);
    asyncJobs.employForBrowsers(browser);
    asyncJobs.sweepWith(sweeper, scheduleDeadLetters);
    registry.grantDue(refreshStarter);
    catalogRefresh.startWith(refreshStarter, scheduleDeadLetters);
    registry.grantSync(refresher);
    catalog.grantManage(refresher);
    catalogRefresh.employ(refresher);
    cleanup.startWith(cleanupStarter, scheduleDeadLetters);
    asyncJobs.grantSweep(cleaner);
    asyncJobs.grantCleanUp(cleaner);
    registry.grantLookUp(cleaner);
    catalog.grantCleanUp(cleaner);
    cleanup.employ(cleaner);
    vault.grantSeal(mcp, 'request-state');
    vault.grantOpen(mcp, 'request-state');

    const publicUrl = this.publicUrl();
    const trusted = this.trustedIssuer(publicUrl);
    grantTrust(authorizer, trusted);
    nameIssuer(open, trusted);
    for (const fn of [browse, manage, invoke, mcp, actions, jobs]) nameScopes(fn, trusted);
    for (const fn of [authorizer, manage, invoke, mcp, actions, worker, browser, refresher]) {
      this.grantEgress(fn, publicUrl);
    }
    // The stack's own id ends in a UUID: unique among all hubs, and the same for this one's whole life.
    const hubId = Fn.select(2, Fn.split('/', Aws.STACK_ID));
    for (const fn of [browse, manage, invoke, mcp, actions, jobs, worker, refresher]) {
      fn.provide({ [ENV.hubId]: hubId });
    }

    const functions = { authorizer, open, browse, manage, invoke, mcp, actions, jobs };
    const api = new HubApi(this, 'Api', { config, functions, publicUrl, scopePrefix: trusted.scopePrefix });
    this.addOutputs({
      ApiUrl: publicUrl ? `${publicUrl}/` : api.url,
      IssuerUrl: trusted.issuer,
      RegistryTableName: registry.table.tableName,
      CatalogTableName: catalog.table.tableName,
      LimitsTableName: limits.table.tableName,
      JobsTableName: asyncJobs.table.tableName,
      JobsQueueUrl: asyncJobs.queue.queueUrl,
      BrowserQueueUrl: asyncJobs.browserQueue.queueUrl,
      JobsDeadLettersUrl: asyncJobs.deadLetters.queueUrl,
      RefreshDeadLettersUrl: catalogRefresh.deadLetters.queueUrl,
      CleanupQueueUrl: cleanup.queue.queueUrl,
      CleanupDeadLettersUrl: cleanup.deadLetters.queueUrl,
      ScheduleDeadLettersUrl: scheduleDeadLetters.queueUrl,
      DataKeyArn: dataKey.keyArn,
      VaultKeyArn: vault.key.keyArn,
    });
  }

  private addScheduleDeadLetters(): DeadLetters {
    const deadLetters = new DeadLetters(this, 'ScheduleDeadLetters');
    Validations.of(deadLetters).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is the dead-letter queue of the schedules; the rule knows only those of queues.',
    });
    return deadLetters;
  }

  private addFunction(name: FunctionName, id: string, does: string): HubFunction {
    const { config, bundles } = this;
    return new HubFunction(this, id, { name, description: `Nexus Hub ${config.name}: ${does}`, bundles, config });
  }

  /** Where the hub is reached, as far as it is known before the API exists; empty if only API Gateway's own URL is. */
  private publicUrl(): string {
    if (this.config.identity.kind !== 'local') return this.config.publicUrl ?? '';
    const parameter = new CfnParameter(this, 'PublicUrl', {
      type: 'String',
      description: 'Where the local runtime serves the hub, for example http://127.0.0.1:3000',
    });
    return parameter.valueAsString;
  }

  private trustedIssuer(publicUrl: string): TrustedIssuer {
    const { identity } = this.config;
    switch (identity.kind) {
      case 'oidc':
        return identity;
      case 'local':
        return trustLocalRuntime(publicUrl);
      case 'cognito':
        return trustPool(this.addIdentity(identity.callbackUrls));
    }
  }

  private addIdentity(callbackUrls: string[]): Identity {
    const tenantClaim = this.addFunction('tenantClaim', 'TenantClaim', 'puts the tenant into access tokens');
    const identity = new Identity(this, 'Identity', { config: this.config, callbackUrls, tenantClaim });
    this.addOutputs({
      SignInUrl: identity.domain.baseUrl(),
      UserPoolId: identity.pool.userPoolId,
      PeopleClientId: identity.peopleClient.userPoolClientId,
      MachineClientId: identity.machineClient.userPoolClientId,
      AdminClientId: identity.adminClient.userPoolClientId,
    });
    return identity;
  }

  private grantEgress(fn: HubFunction, publicUrl: string): void {
    fn.provide({
      [ENV.egressAllowLoopback]: String(this.config.egress.allowLoopback),
      [ENV.egressPorts]: this.config.egress.ports.join(),
      [ENV.hubOrigins]: publicUrl,
    });
  }

  private addOutputs(outputs: Readonly<Record<string, string>>): void {
    for (const [id, value] of Object.entries(outputs)) new CfnOutput(this, id, { value });
  }
}
