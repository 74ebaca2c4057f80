import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { createDynamoTaskHandleStore } from '../../lambdas/adapters/dynamo/dynamo-task-handle-store.ts';
import { HubError } from '../../lambdas/hub/hub-error.ts';
import { tenantIdSchema } from '../../lambdas/hub/principal.ts';
import { createHandleId, type TaskHandle, type TaskHandleStore } from '../../lambdas/hub/tasks/task-handle.ts';
import { type JobsTable, startJobsTable } from '../support/jobs/jobs-table.ts';

describe('handles of tasks on DynamoDB', () => {
  const clock = { now: 1_800_000_000_000 };
  let table: JobsTable;
  let store: TaskHandleStore;
  before(async () => {
    table = await startJobsTable();
    store = createDynamoTaskHandleStore(table.client, { tableName: table.tableName, now: () => clock.now });
  });
  after(() => table.close());

  const handle = (): TaskHandle => ({
    tenantId: tenantIdSchema.parse('acme'),
    handleId: createHandleId(randomBytes),
    subject: 'ann#1',
    slug: 'lab',
    serverId: 'server-1',
    upstreamTaskId: '💥 their id',
    tool: 'lab_act',
    ttlMs: 60_000,
    createdAt: clock.now,
  });

  it('are kept as they are, for their tenant alone', async () => {
    const kept = handle();
    await store.put(kept);

    assert.deepEqual(await store.get(kept.tenantId, kept.handleId), kept);
    assert.equal(await store.get(tenantIdSchema.parse('globex'), kept.handleId), undefined);
    assert.equal(await store.get(kept.tenantId, createHandleId(randomBytes)), undefined);
  });

  it('are gone after their time, though they are still there', async () => {
    const kept = handle();
    await store.put(kept);

    clock.now += 60_001;

    assert.equal(await store.get(kept.tenantId, kept.handleId), undefined);
  });

  it('are never written over, and written again without harm', async () => {
    const kept = handle();
    await store.put(kept);
    await store.put(kept);

    await assert.rejects(store.put({ ...kept, upstreamTaskId: 'another' }));

    assert.deepEqual(await store.get(kept.tenantId, kept.handleId), kept);
  });

  it('are unavailable when the table is', async () => {
    const broken = createDynamoTaskHandleStore(table.client, { tableName: 'nowhere', now: () => clock.now });

    await assert.rejects(broken.put(handle()), (error) => error instanceof HubError && error.code === 'unavailable');
  });
});
