import { join } from 'node:path';
import { App, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { bundleFunctions } from '../lib/bundle-functions.ts';
import { NexusHubStack } from '../lib/nexus-hub-stack.ts';
import type { StageConfig } from '../lib/stage-config.ts';
import { stageFromContext } from '../lib/stage-from-context.ts';

const app = new App();
const config = readStage();
const bundles = await bundleFunctions(join(app.outdir, 'bundles'));

const stack = new NexusHubStack(app, `NexusHub-${config.name}`, { config, bundles });
Tags.of(stack).add('app', 'nexus-hub');
Tags.of(stack).add('stage', config.name);

// `CDK_VALIDATION=false` makes the CDK leave out its own checks; the rule packs follow it.
if (process.env['CDK_VALIDATION'] !== 'false') {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
}
app.synth();

function readStage(): StageConfig {
  try {
    return stageFromContext((key) => app.node.tryGetContext(key));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
