import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type BuildOptions, type BuildResult, build, type Plugin } from 'esbuild';
import type { FunctionName } from '../lambdas/contract.ts';

const PROJECT_ROOT = join(import.meta.dirname, '..');

/** Modules of dependencies that functions do without; each replacement says why. */
const REPLACED = {
  '@modelcontextprotocol/client/_shims': './lambdas/adapters/upstreams/mcp/sdk-shims.ts',
  '@modelcontextprotocol/server/_shims': './lambdas/adapters/upstreams/mcp/sdk-shims.ts',
  '@aws-sdk/credential-provider-node': './lambdas/runtime/environment-credentials.ts',
  '@aws-sdk/middleware-endpoint-discovery': './lambdas/runtime/no-endpoint-discovery.ts',
  '@smithy/core/event-streams': './lambdas/runtime/no-event-streams.ts',
};

/** Modules inside of zod that functions do without; they have no name outside of it, only a path. */
const REPLACED_IN_ZOD = {
  with: './lambdas/runtime/no-json-schema.ts',
  files: ['to-json-schema.js', 'json-schema-processors.js', 'json-schema-generator.js'].map((file) =>
    join('node_modules/zod/v4/core', file),
  ),
};

const replaceInZod: Plugin = {
  name: 'replace-in-zod',
  setup: (esbuild) => {
    const replacement = { path: join(PROJECT_ROOT, REPLACED_IN_ZOD.with) };
    esbuild.onResolve({ filter: /^\..*json-schema/ }, ({ resolveDir, path }) =>
      REPLACED_IN_ZOD.files.some((file) => join(resolveDir, path).endsWith(file)) ? replacement : undefined,
    );
  },
};

/** The clients of AWS read their version from their package.json, and nothing else of it. */
const versionsOnly: Plugin = {
  name: 'versions-only',
  setup: (esbuild) => {
    esbuild.onLoad({ filter: /@aws-sdk\/client-[a-z0-9-]+\/package\.json$/ }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, 'utf8')) as { version: string };
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

/** The client of browsers looks for its own manifests beside itself; a bundle has them inside. It ships no browser. */
const connectsOnly: Plugin = {
  name: 'connects-only',
  setup: (esbuild) => {
    esbuild.onLoad({ filter: /playwright-core\/lib\/coreBundle\.js$/ }, async ({ path }) => {
      const manifests = /require\([\w.]+\.join\(packageRoot, "(package|browsers)\.json"\)\)/g;
      return { contents: (await readFile(path, 'utf8')).replaceAll(manifests, 'require("../$1.json")') };
    });
  },
};

const ENTRIES: Readonly<Record<FunctionName, string>> = {
  authorizer: 'lambdas/api/authorizer.ts',
  open: 'lambdas/api/open.ts',
  browse: 'lambdas/api/browse.ts',
  manage: 'lambdas/api/manage.ts',
  invoke: 'lambdas/api/invoke.ts',
  mcp: 'lambdas/api/mcp.ts',
  actions: 'lambdas/api/actions.ts',
  jobs: 'lambdas/api/jobs.ts',
  worker: 'lambdas/workers/run-jobs.ts',
  browser: 'lambdas/workers/run-browser-jobs.ts',
  sweeper: 'lambdas/schedules/sweep-jobs.ts',
  refreshStarter: 'lambdas/schedules/start-refresh.ts',
  refresher: 'lambdas/workers/refresh-catalog.ts',
  cleanupStarter: 'lambdas/schedules/start-cleanup.ts',
  cleaner: 'lambdas/workers/clean-up.ts',
  tenantClaim: 'lambdas/api/tenant-claim.ts',
};

/** Directory of each function's deployable code. */
export type FunctionBundles = Readonly<Record<FunctionName, string>>;

/**
 * Bundles every function in one esbuild run: `<directory>/<function>/index.mjs` with its source map, and beside it
 * `<function>.meta.json`, which says what the bundle is made of.
 */
export async function bundleFunctions(directory: string): Promise<FunctionBundles> {
  const names = Object.keys(ENTRIES) as FunctionName[];
  await Promise.all(names.map(async (name) => write(directory, name, await build(optionsFor(name)))));
  return Object.fromEntries(names.map((name) => [name, join(directory, name)])) as Record<FunctionName, string>;
}

function optionsFor(name: FunctionName): BuildOptions & { readonly write: false; readonly metafile: true } {
  return {
    absWorkingDir: PROJECT_ROOT,
    entryPoints: { index: ENTRIES[name] },
    // Not where the files go, but where source maps believe they are: the same everywhere, or the asset's hash would
    // change with the output directory.
    outdir: join('cdk.out', 'bundles', name),
    outExtension: { '.js': '.mjs' },
    write: false,
    metafile: true,
    bundle: true,
    // What is imported dynamically becomes a file of its own, which is read when it is first needed.
    splitting: true,
    chunkNames: 'chunk-[name]-[hash]',
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    // CommonJS packages inside an ES module still call `require` for Node's own modules, and ask where they are.
    banner: {
      js:
        "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url)," +
        '__dirname=import.meta.dirname;',
    },
    alias: REPLACED,
    plugins: [replaceInZod, versionsOnly, connectsOnly],
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'silent',
  };
}

async function write(directory: string, name: FunctionName, result: BuildResult<{ write: false; metafile: true }>) {
  await mkdir(join(directory, name), { recursive: true });
  await Promise.all([
    writeFile(join(directory, `${name}.meta.json`), JSON.stringify(result.metafile)),
    ...result.outputFiles.map((file) => {
      const fileName = relative(join(PROJECT_ROOT, 'cdk.out', 'bundles', name), file.path);
      return writeFile(join(directory, name, fileName), file.contents);
    }),
  ]);
}
