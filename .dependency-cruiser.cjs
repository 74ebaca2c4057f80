const rule = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    rule('no-cycles', {}, { circular: true }, 'A cycle means two files are one file.'),
    rule(
      'infra-knows-only-the-contract',
      { path: '^(bin|lib)/' },
      { path: '^lambdas/', pathNot: '^lambdas/contract\\.ts$' },
      'Run-time code never runs at synth.',
    ),
    rule(
      'runtime-never-imports-infra',
      { path: '^lambdas/' },
      { path: '^(bin|lib)/|node_modules/(aws-cdk-lib|constructs)/' },
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
      { path: '^lambdas/(api|workers|schedules|mcp|runtime)/' },
    ),
    rule('mcp-face-sees-only-hub', { path: '^lambdas/mcp/' }, { path: '^lambdas/(?!mcp/|hub/)' }),
    rule(
      'runtime-sees-only-hub-root',
      { path: '^lambdas/runtime/' },
      { path: '^lambdas/(api|workers|schedules|mcp|adapters|hub/[^/]+/)' },
    ),
    rule(
      'entries-do-not-import-entries',
      { path: '^lambdas/(api|workers|schedules)/' },
      { path: '^lambdas/(api|workers|schedules)/' },
    ),
    rule(
      'capabilities-point-one-way',
      { path: '^lambdas/hub/(servers|catalog)/' },
      { path: '^lambdas/hub/invocations/' },
    ),
    rule('servers-is-the-bottom', { path: '^lambdas/hub/servers/' }, { path: '^lambdas/hub/catalog/' }),
    rule('no-test-code-in-production', { path: '^(bin|lib|lambdas)/' }, { path: '^test/' }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};
