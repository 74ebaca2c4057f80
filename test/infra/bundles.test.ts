import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { TIME_LIMITS } from '../../lambdas/contract.ts';
import { bundleFunctions } from '../../lib/bundle-functions.ts';

/** The one function that is an MCP server and an MCP client may be larger than all others; nobody waits for a worker's start. */
const BUDGETS = new Map([
  ['mcp', 1_300_000],
  ['worker', 900_000],
]);
const budgetOf = (name: string): number => BUDGETS.get(name) ?? 700_000;
/** JSON Schema output, discovery of endpoints with its collections, and the codec of event streams. */
const REPLACED =
  /node_modules.*(to-json-schema|json-schema-processors|endpoint-(discovery|cache)|mnemonist|event-?streams?)/;
const metafileShape = z.object({
  inputs: z.record(z.string(), z.unknown()),
  outputs: z.record(
    z.string(),
    z.object({ bytes: z.number(), imports: z.array(z.object({ path: z.string(), kind: z.string() })) }),
  ),
});

/** Bytes of the entry and of all that it imports statically: what a function loads before it answers anything. */
function bytesAtStart({ outputs }: z.infer<typeof metafileShape>): number {
  const loaded = new Set(Object.keys(outputs).filter((path) => path.endsWith('/index.mjs')));
  for (const path of loaded) {
    for (const { path: imported, kind } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && imported in outputs) loaded.add(imported);
    }
  }
  return [...loaded].reduce((sum, path) => sum + (outputs[path]?.bytes ?? 0), 0);
}

describe('the bundle of a function', () => {
  let directory: string;
  let bundles: Readonly<Record<string, string>>;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nexus-hub-bundles-'));
    bundles = await bundleFunctions(directory);
  });
  after(() => rm(directory, { recursive: true }));

  for (const name of Object.keys(TIME_LIMITS)) {
    it(`${name} loads at most ${budgetOf(name) / 1000} KB to start`, async () => {
      const metafile: unknown = JSON.parse(await readFile(join(directory, `${name}.meta.json`), 'utf8'));
      const size = bytesAtStart(metafileShape.parse(metafile));

      assert.ok(size > 0 && size <= budgetOf(name), `${name} loads ${size} bytes`);
    });

    it(`${name} contains no infrastructure, no JSON Schema compiler and no tracer`, async () => {
      const metafile: unknown = JSON.parse(await readFile(join(directory, `${name}.meta.json`), 'utf8'));
      const inputs = Object.keys(metafileShape.parse(metafile).inputs);

      assert.deepEqual(
        inputs.filter((input) => /aws-cdk-lib|^lib\/|\/ajv\/|aws-xray-sdk/.test(input)),
        [],
      );
    });

    it(`${name} contains nothing that was replaced because it never runs`, async () => {
      const metafile: unknown = JSON.parse(await readFile(join(directory, `${name}.meta.json`), 'utf8'));
      const inputs = Object.keys(metafileShape.parse(metafile).inputs);

      assert.deepEqual(
        inputs.filter((input) => REPLACED.test(input)),
        [],
      );
    });
  }

  it('does not depend on where it is written', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'nexus-hub-bundles-elsewhere-'));
    try {
      const again = await bundleFunctions(elsewhere);
      for (const file of ['index.mjs', 'index.mjs.map']) {
        assert.deepEqual(await readFile(join(again.browse, file)), await readFile(join(bundles['browse'] ?? '', file)));
      }
    } finally {
      await rm(elsewhere, { recursive: true });
    }
  });
});
