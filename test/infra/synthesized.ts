import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { z } from 'zod';
import type { TIME_LIMITS } from '../../lambdas/contract.ts';
import { NexusHubStack } from '../../lib/nexus-hub-stack.ts';
import { stageFromContext } from '../../lib/stage-from-context.ts';

const cdkJson = z.object({ context: z.record(z.string(), z.unknown()) });
const resourceShape = z.object({
  Type: z.string(),
  DeletionPolicy: z.string().optional(),
  Properties: z.record(z.string(), z.unknown()).default({}),
});

export interface TemplateResource extends z.output<typeof resourceShape> {
  readonly logicalId: string;
  /** Path of construct ids, without the hash that ends a logical id. */
  readonly id: string;
}

/** The stack as it would be deployed with these context keys; functions have stand-in code. */
export function synthesized(context: Readonly<Record<string, string>>) {
  const directory = mkdtempSync(join(tmpdir(), 'nexus-hub-infra-'));
  try {
    const flags = cdkJson.parse(JSON.parse(readFileSync('cdk.json', 'utf8'))).context;
    const app = new App({ context: { ...flags, ...context }, outdir: join(directory, 'out') });
    const config = stageFromContext((key) => app.node.tryGetContext(key));
    const stack = new NexusHubStack(app, `NexusHub-${config.name}`, { config, bundles: standIns(directory) });
    return { template: Template.fromStack(stack), terminationProtection: stack.terminationProtection };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

export function resourcesOf(template: Template, type: string): TemplateResource[] {
  return Object.entries(template.findResources(type)).map(([logicalId, resource]) => ({
    logicalId,
    id: logicalId.replace(/[0-9A-F]{8}$/, ''),
    ...resourceShape.parse(resource),
  }));
}

function standIns(directory: string): Record<keyof typeof TIME_LIMITS, string> {
  const standIn = (name: string) => {
    const bundle = join(directory, name);
    mkdirSync(bundle);
    writeFileSync(join(bundle, 'index.mjs'), `export const handler = async () => '${name}';`);
    return bundle;
  };
  return {
    authorizer: standIn('authorizer'),
    browser: standIn('browser'),
    open: standIn('open'),
    browse: standIn('browse'),
    manage: standIn('manage'),
    invoke: standIn('invoke'),
    mcp: standIn('mcp'),
    actions: standIn('actions'),
    jobs: standIn('jobs'),
    worker: standIn('worker'),
    sweeper: standIn('sweeper'),
    refreshStarter: standIn('refreshStarter'),
    refresher: standIn('refresher'),
    cleanupStarter: standIn('cleanupStarter'),
    cleaner: standIn('cleaner'),
    tenantClaim: standIn('tenantClaim'),
  };
}
