import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ASSEMBLY } from './test-hub.ts';

const TEMPLATE = 'NexusHub-local.template.json';

export interface TemplateResource {
  readonly Type: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a template is whatever CloudFormation takes
  readonly Properties: any;
}

/** A copy of the synthesized assembly whose template was changed as if `lib/` had been. The caller deletes it. */
export async function modifiedAssembly(
  change: (resources: Readonly<Record<string, TemplateResource>>) => void,
): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'nexus-assembly-'));
  await cp(ASSEMBLY, directory, { recursive: true });
  const file = join(directory, TEMPLATE);
  const template = JSON.parse(await readFile(file, 'utf8'));
  change(template.Resources);
  await writeFile(file, JSON.stringify(template));
  return directory;
}
