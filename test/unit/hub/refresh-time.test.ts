import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HOUR_MS, refreshAt } from '../../../lambdas/hub/servers/refresh-time.ts';
import type { LastSync } from '../../../lambdas/hub/servers/server.ts';
import { sampleServer } from '../../support/sample-server.ts';

const INTERVAL_MS = 24 * HOUR_MS;
const NOW = 1_800_000_000_000;

const waitAfter = (lastSync: LastSync, serverId = 'id'): number =>
  (refreshAt(sampleServer('s', { serverId, lastSync }), INTERVAL_MS) ?? NaN) - NOW;
const failed = (failures: number): LastSync => ({ state: 'failed', at: NOW, code: 'upstream_timeout', failures });

describe('a server is asked again', () => {
  it('within the interval after an answer, and not before four fifths of it', () => {
    fc.assert(
      fc.property(fc.uuid(), (serverId) => {
        const waitMs = waitAfter({ state: 'ok', at: NOW }, serverId);
        return waitMs >= 0.8 * INTERVAL_MS && waitMs <= INTERVAL_MS;
      }),
    );
  });

  it('at another moment than others that answered at the same one', () => {
    const waits = Array.from({ length: 50 }, (_, index) => waitAfter({ state: 'ok', at: NOW }, `id-${index}`));

    assert.ok(new Set(waits).size > 45);
  });

  it('later and later while it fails, up to the interval', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 8, 20, 2_000].map((failures) => waitAfter(failed(failures)));

    const longest = [10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440].map((minutes) => minutes * 60_000);
    waits.forEach((waitMs, index) => {
      const most = longest[index] ?? 0;
      assert.ok(waitMs >= 0.8 * most && waitMs <= most, `${waitMs} of ${most}`);
    });
  });

  it('at once when it never was', () => {
    const server = sampleServer('s', { lastSync: { state: 'never' }, createdAt: NOW });

    assert.equal(refreshAt(server, INTERVAL_MS), NOW);
  });

  it('never while it is disabled', () => {
    assert.equal(refreshAt(sampleServer('s', { enabled: false }), INTERVAL_MS), undefined);
  });
});
