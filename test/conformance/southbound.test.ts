import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { runClientScenarios, type SuiteRun } from '../support/conformance/run-suite.ts';
import { baselineScenarios, requiredScenarios } from '../support/conformance/scenario-list.ts';
import { type SouthboundDriver, startSouthboundDriver } from '../support/conformance/southbound-driver.ts';
import { startTestHub, type TestHub } from '../support/test-hub.ts';

const HARNESS = new URL('../support/conformance/southbound-harness.ts', import.meta.url);
const BASELINE_2026 = baselineScenarios(new URL('baseline-2026-07-28.yml', import.meta.url), 'client');
const BASELINE_2025 = baselineScenarios(new URL('baseline-2025-11-25.yml', import.meta.url), 'client');

/** The others would cost a minute of waiting each, or prove again what 2026-07-28 proves. */
const PROVEN_2025 = ['initialize', 'tools_call'];

describe('the official suite’s servers behind the hub', () => {
  let hub: TestHub;
  let driver: SouthboundDriver;

  before(async () => {
    hub = await startTestHub();
    driver = await startSouthboundDriver(hub);
  });
  after(() => Promise.all([driver.close(), hub.close()]));

  const runClients = (selection: Parameters<typeof runClientScenarios>[1]) =>
    runClientScenarios(HARNESS, selection, { NEXUS_DRIVER_URL: driver.url });

  describe('in revision 2026-07-28', () => {
    let run: SuiteRun;
    before(async () => {
      run = await runClients({ revision: '2026-07-28' });
    });

    for (const scenario of [...requiredScenarios('2026-07-28', 'client'), 'json-schema-2020-12-preservation']) {
      if (BASELINE_2026.includes(scenario)) {
        it(`${scenario} needs a token that nobody stored`, () => {
          run.assertFailed(scenario);
          assert.match(String(driver.failureOf(scenario)), /upstream_unauthorized/);
        });
      } else {
        it(`${scenario} passes`, () => run.assertPassed(scenario));
      }
    }

    // The server of json-schema-ref-no-deref only lists its tool.
    for (const scenario of [
      'tools_call',
      'sep-2322-client-request-state',
      'http-standard-headers',
      'http-custom-headers',
    ]) {
      it(`everything that the server of ${scenario} offers can be used over the hub`, () =>
        assert.equal(driver.failureOf(scenario), undefined));
    }
  });

  describe('in revision 2025-11-25', () => {
    for (const scenario of PROVEN_2025) {
      it(`${scenario} passes`, async () => {
        const run = await runClients({ revision: '2025-11-25', scenario });

        run.assertPassed(scenario);
        assert.equal(driver.failureOf(scenario), undefined);
      });
    }

    it('every other scenario that it requires is listed with a reason', () => {
      const required = requiredScenarios('2025-11-25', 'client');

      assert.deepEqual([...PROVEN_2025, ...BASELINE_2025].sort(), [...required].sort());
    });
  });
});
