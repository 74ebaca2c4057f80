import { after, before, describe, it } from 'node:test';
import { runServerScenarios, type SuiteRun } from '../support/conformance/run-suite.ts';
import { requiredScenarios, SKIPPED_TASK_SCENARIO, TASK_SCENARIOS } from '../support/conformance/scenario-list.ts';
import { type ConformanceFixture, startConformanceFixture } from '../support/upstreams/conformance-fixture.ts';

describe('the conformance fixture by itself, so that a failure through the hub is the hub’s', () => {
  let fixture: ConformanceFixture;
  let run: SuiteRun;

  before(async () => {
    fixture = await startConformanceFixture();
    run = await runServerScenarios(fixture.url, '2026-07-28');
  });
  after(() => fixture.close());

  for (const scenario of [...requiredScenarios('2026-07-28', 'server'), ...TASK_SCENARIOS]) {
    it(`passes ${scenario}`, () => run.assertPassed(scenario));
  }

  it(`is not judged by ${SKIPPED_TASK_SCENARIO}`, () => run.assertSkipped(SKIPPED_TASK_SCENARIO));
});
