/** Who may know whom: entries wire, use cases decide, adapters do, and nobody calls back up. See docs/architecture.md. */
const rule = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    rule('no-cycles', {}, { circular: true }, 'A cycle means two files are one file.'),
    rule(
      'infra-knows-only-the-contract',
      { path: '^(bin|lib)/' },
      { path: '^(lambdas|local)/', pathNot: '^lambdas/contract\\.ts$' },
      'Run-time code never runs at synth.',
    ),
    rule(
      'runtime-never-imports-infra',
      { path: '^lambdas/' },
      { path: '^(bin|lib|local)/|node_modules/(aws-cdk-lib|constructs)/' },
      'What deploys knows neither how it is deployed nor that it can run elsewhere.',
    ),
    rule(
      'local-runtime-knows-only-the-contract',
      { path: '^local/' },
      { path: '^lambdas/', pathNot: '^lambdas/(contract|hub/principal)\\.ts$' },
      'The local runtime runs the deployed bundles; it never calls their source.',
    ),
    rule(
      'hub-is-pure',
      { path: '^lambdas/hub/' },
      { path: '^lambdas/(?!hub/)|node_modules/(@aws-sdk|@aws-lambda-powertools|@middy|@types/aws-lambda)/' },
      'Policy depends on nothing but itself.',
    ),
    rule(
      'adapters-see-only-ports',
      { path: '^lambdas/adapters/' },
      { path: '^lambdas/(api|workers|schedules|mcp|actions|runtime|wiring)/' },
      'An adapter serves a port; it never learns who uses it.',
    ),
    rule(
      'faces-see-only-hub',
      { path: '^lambdas/(mcp|actions)/' },
      { path: '^lambdas/(?!$1/|hub/)' },
      'A face translates; adapters are wired by entries.',
    ),
    rule(
      'runtime-sees-only-hub-root',
      { path: '^lambdas/runtime/' },
      { path: '^lambdas/(api|workers|schedules|mcp|actions|wiring|adapters|hub/[^/]+/)' },
      'The handler stacks know the vocabulary, not the capabilities.',
    ),
    rule(
      'entries-do-not-import-entries',
      { path: '^lambdas/(api|workers|schedules|wiring)/' },
      { path: '^lambdas/(api|workers|schedules)/' },
      'An entry is the top of its own function.',
    ),
    rule(
      'capabilities-point-one-way',
      { path: '^lambdas/hub/(servers|catalog|upstreams)/' },
      { path: '^lambdas/hub/calls/' },
      'Calls build on the catalog, the catalog on servers.',
    ),
    rule('servers-is-the-bottom', { path: '^lambdas/hub/servers/' }, { path: '^lambdas/hub/catalog/' }),
    rule(
      'live-checks-wire-adapters',
      { path: '^live/' },
      { path: '^(bin|lib|local)/|^lambdas/(?!hub/|adapters/)' },
      'A check of a real service knows the adapter and the port, not how they are deployed.',
    ),
    rule('no-test-code-in-production', { path: '^(bin|lib|lambdas|local|live)/' }, { path: '^test/' }),
    rule('no-live-checks-in-production', { path: '^(bin|lib|lambdas|local)/' }, { path: '^live/' }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
