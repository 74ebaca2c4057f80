import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { createJobId } from '../../../lambdas/hub/jobs/job-id.ts';
import type { JobResults, ResultName } from '../../../lambdas/hub/jobs/job-results.ts';
import { tenantIdSchema } from '../../../lambdas/hub/principal.ts';

export interface ResultsUnderTest {
  readonly results: JobResults;
  readonly close?: () => Promise<void>;
}

const TENANT = tenantIdSchema.parse('acme');
const LARGE = { content: [{ type: 'text', text: 'é"\u0000\u{1f600}'.repeat(200_000) }], deep: [[[{ n: 1e-7 }]], null] };

/** What a place for large results promises, whatever it is on. */
export function jobResultsContract(name: string, setUp: () => Promise<ResultsUnderTest>): void {
  describe(`a place for results on ${name}`, () => {
    let results: JobResults;
    let close: (() => Promise<void>) | undefined;
    const newName = (): ResultName => ({ jobId: createJobId(1_800_000_000_000, randomBytes), attempt: 1 });

    before(async () => {
      ({ results, close } = await setUp());
    });
    after(() => close?.());

    it('keeps a large result as it is', async () => {
      const result = newName();

      await results.put(TENANT, result, LARGE);

      assert.deepEqual(await results.get(TENANT, result), LARGE);
    });

    it('knows nothing of what was never put', async () => {
      assert.equal(await results.get(TENANT, newName()), undefined);
    });

    it('keeps the results of two attempts apart', async () => {
      const first = newName();
      const second = { ...first, attempt: 2 };
      await results.put(TENANT, first, { attempt: 1 });
      await results.put(TENANT, second, { attempt: 2 });

      await results.delete(TENANT, first);

      assert.deepEqual(
        [await results.get(TENANT, first), await results.get(TENANT, second)],
        [undefined, { attempt: 2 }],
      );
    });

    it('takes a write, and a deletion, that is repeated', async () => {
      const result = newName();

      for (let time = 0; time < 2; time += 1) await results.put(TENANT, result, { n: 1 });
      assert.deepEqual(await results.get(TENANT, result), { n: 1 });
      for (let time = 0; time < 2; time += 1) await results.delete(TENANT, result);

      assert.equal(await results.get(TENANT, result), undefined);
    });

    it('shows a tenant nothing of another, whose name may begin alike', async () => {
      const result = newName();
      await results.put(TENANT, result, { of: 'acme' });
      const [longer, odd] = [tenantIdSchema.parse('acme-2'), tenantIdSchema.parse('acme|2:@')];
      await results.put(longer, result, { of: 'acme-2' });

      await results.delete(odd, result);

      assert.equal(await results.get(odd, result), undefined);
      assert.deepEqual(await results.get(TENANT, result), { of: 'acme' });
      assert.deepEqual(await results.get(longer, result), { of: 'acme-2' });
    });
  });
}
