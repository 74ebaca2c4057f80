import { spawn } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';

const PROJECT_ROOT = join(import.meta.dirname, '..');
const STAGES = ['local', 'dev', 'prod'];

export interface SynthesizeOptions {
  readonly stage: string;
  readonly outputDirectory: string;
  /** Whether to check the template against the rule packs and CloudFormation's schema. Costs seconds. */
  readonly validate: boolean;
}

/**
 * Runs the CDK app, without the CDK's command line, in a process of its own: what it loads is gone when it ends. Nothing
 * is looked up and nothing is reported anywhere. Throws what the app said if it fails.
 */
export async function synthesize({ stage, outputDirectory, validate }: SynthesizeOptions): Promise<void> {
  await mkdir(outputDirectory, { recursive: true });
  const app = spawn(process.execPath, ['bin/nexus-hub.ts'], {
    cwd: PROJECT_ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      CDK_OUTDIR: outputDirectory,
      CDK_CONTEXT_JSON: JSON.stringify({ ...(await projectContext()), stage }),
      CDK_VALIDATION: String(validate),
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  });
  const exit = new Promise<number | null>((resolve, reject) => app.once('error', reject).once('close', resolve));
  const [output, errors, code] = await Promise.all([text(app.stdout), text(app.stderr), exit]);
  if (code !== 0) throw new Error(`stage ${stage} does not synthesize\n${errors || output}`);
}

/** The feature flags that the CDK's command line would have passed. */
async function projectContext(): Promise<object> {
  const cdkJson: unknown = JSON.parse(await readFile(join(PROJECT_ROOT, 'cdk.json'), 'utf8'));
  if (typeof cdkJson === 'object' && cdkJson !== null && 'context' in cdkJson && cdkJson.context)
    return cdkJson.context;
  throw new Error('cdk.json has no context');
}

if (import.meta.main) {
  const stages = process.argv.length > 2 ? process.argv.slice(2) : STAGES;
  for (const stage of stages) {
    const outputDirectory = join(PROJECT_ROOT, 'cdk.out', stage);
    try {
      await synthesize({ stage, outputDirectory, validate: true });
      process.stdout.write(`${stage}: ${relative(process.cwd(), outputDirectory)}\n`);
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = 1;
    }
  }
}
