import { after, before, describe, it } from 'node:test';
import { type AuthorizingProxy, startAuthorizingProxy } from '../support/conformance/authorizing-proxy.ts';
import { runServerScenarios, type SuiteRun } from '../support/conformance/run-suite.ts';
import {
  baselineScenarios,
  requiredScenarios,
  SKIPPED_TASK_SCENARIO,
  TASK_SCENARIOS,
} from '../support/conformance/scenario-list.ts';
import { startTestHub, type TestHub } from '../support/test-hub.ts';
import { type ConformanceFixture, startConformanceFixture } from '../support/upstreams/conformance-fixture.ts';

/** The suite's own reference server cannot pass them, so no revision requires them. */
const PENDING = ['json-schema-2020-12', 'http-header-validation', 'http-custom-header-server-validation'];

/** Every name at `/mcp` begins with its server's slug, so only scenarios that call nothing by name say anything there. */
const WITHOUT_NAMES = {
  '2026-07-28': [
    'tools-list',
    'resources-list',
    'prompts-list',
    'sep-2164-resource-not-found',
    'server-sse-multiple-streams',
    'dns-rebinding-protection',
    'caching',
    'input-required-result-unsupported-methods',
    'http-header-validation',
    'http-custom-header-server-validation',
  ],
  '2025-11-25': [
    'server-initialize',
    'logging-set-level',
    'ping',
    'tools-list',
    'resources-list',
    'prompts-list',
    'dns-rebinding-protection',
  ],
} as const;

/** They call a tool of the fixture by its own name. */
const NAMING_CHECKS = [
  'sep-2575-server-rejects-undeclared-capability',
  'sep-2575-missing-capability-http-400',
  'sep-2575-http-server-no-independent-requests-on-stream',
  'sep-2575-server-no-log-without-loglevel',
];

const BASELINE_2025 = baselineScenarios(new URL('baseline-2025-11-25.yml', import.meta.url), 'server');

describe('the official suite against the hub', () => {
  let hub: TestHub;
  let fixture: ConformanceFixture;
  let proxy: AuthorizingProxy;

  before(async () => {
    [hub, fixture] = await Promise.all([startTestHub(), startConformanceFixture()]);
    await hub.register({ slug: 'fixture', url: fixture.url });
    const token = await hub.hub.mintToken({ tenant: 'acme', scopes: ['tools:read', 'tools:call'] });
    proxy = await startAuthorizingProxy(hub.url, token);
  });
  after(() => Promise.all([proxy.close(), fixture.close(), hub.close()]));

  describe('at one server, in revision 2026-07-28', () => {
    let run: SuiteRun;
    before(async () => {
      run = await runServerScenarios(`${proxy.origin}/servers/fixture/mcp`, '2026-07-28');
    });

    for (const scenario of [...requiredScenarios('2026-07-28', 'server'), ...PENDING, ...TASK_SCENARIOS]) {
      it(`${scenario} passes`, () => run.assertPassed(scenario));
    }

    it(`${SKIPPED_TASK_SCENARIO} is skipped by the suite itself`, () => run.assertSkipped(SKIPPED_TASK_SCENARIO));
  });

  describe('at one server, in revision 2025-11-25', () => {
    let run: SuiteRun;
    before(async () => {
      run = await runServerScenarios(`${proxy.origin}/servers/fixture/mcp`, '2025-11-25');
    });

    for (const scenario of [...requiredScenarios('2025-11-25', 'server'), 'json-schema-2020-12']) {
      if (BASELINE_2025.includes(scenario)) it(`${scenario} needs a session`, () => run.assertFailed(scenario));
      else it(`${scenario} passes`, () => run.assertPassed(scenario));
    }
  });

  describe('at all servers together', () => {
    let stateless: SuiteRun;
    let legacy: SuiteRun;
    before(async () => {
      stateless = await runServerScenarios(`${proxy.origin}/mcp`, '2026-07-28');
      legacy = await runServerScenarios(`${proxy.origin}/mcp`, '2025-11-25');
    });

    it('server-stateless passes, but for what names tools', () =>
      stateless.assertPassed('server-stateless', { but: NAMING_CHECKS }));
    for (const scenario of WITHOUT_NAMES['2026-07-28']) {
      it(`${scenario} passes in revision 2026-07-28`, () => stateless.assertPassed(scenario));
    }
    for (const scenario of WITHOUT_NAMES['2025-11-25']) {
      it(`${scenario} passes in revision 2025-11-25`, () => legacy.assertPassed(scenario));
    }
  });
});
