import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { JOB_DELIVERIES } from '../../lambdas/contract.ts';
import { askHub } from '../../local/control/ask-hub.ts';
import { answerSchemas } from '../../local/control/control-commands.ts';
import { modifiedAssembly } from '../support/modified-assembly.ts';
import { startTestHub, type TestHub } from '../support/test-hub.ts';
import { startModern } from '../support/upstreams/modern.ts';

const QUEUE = 'AsyncJobsQueue';
const DEAD_LETTERS = 'AsyncJobsDeadLetters';

/** The stack with a queue that delivers again after seconds, and a first time late enough to damage a job before. */
function impatientAssembly(): Promise<string> {
  return modifiedAssembly((resources) => {
    for (const [logicalId, { Type, Properties }] of Object.entries(resources)) {
      if (Type === 'AWS::SQS::Queue' && logicalId.startsWith(QUEUE)) {
        Object.assign(Properties, { VisibilityTimeout: 2, DelaySeconds: 5 });
      }
      if (Type === 'AWS::Lambda::Function' && logicalId.startsWith('Worker')) Properties.Timeout = 2;
    }
  });
}

describe('a message that no worker can do anything with', () => {
  let assembly: string;
  let hub: TestHub;
  let upstream: Awaited<ReturnType<typeof startModern>>;

  before(async () => {
    assembly = await impatientAssembly();
    [hub, upstream] = await Promise.all([startTestHub({ assembly }), startModern()]);
    await hub.register({ slug: 's', url: upstream.url });
  });
  after(async () => {
    await Promise.all([hub?.close(), upstream?.close()]);
    await rm(assembly, { recursive: true });
  });

  /** Makes its state unreadable, as other code or a mistake would. */
  async function damage(jobId: string): Promise<void> {
    const table = hub.hub.stack.tables.find(({ logicalId }) => logicalId.startsWith('AsyncJobsTable'));
    const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };
    const client = new DynamoDBClient({ endpoint: hub.hub.dynamodbEndpoint, region: 'us-east-1', credentials });
    await client.send(
      new UpdateItemCommand({
        TableName: table?.tableName,
        Key: marshall({ pk: 'TENANT#acme', sk: `JOB#${jobId}` }),
        UpdateExpression: 'SET resends = :nonsense',
        ConditionExpression: '#status = :queued',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: marshall({ ':nonsense': 'many', ':queued': 'queued' }),
      }),
    );
    client.destroy();
  }

  async function countOf(logicalId: string): Promise<number> {
    const { queues } = await askHub(hub.dataDirectory, { command: 'queues' }, answerSchemas.queues);
    const {
      visible = NaN,
      inFlight = NaN,
      delayed = NaN,
    } = queues.find((one) => one.logicalId.startsWith(logicalId)) ?? {};
    return visible + inFlight + delayed;
  }
  async function until(isReached: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 600 && !(await isReached()); tries++) await delay(100);
    assert.ok(await isReached());
  }

  it('ends in the dead letters and its job as failed, which no redrive changes', async () => {
    const { body } = await hub.call('POST', '/v1/tools/s_count/invoke', { body: { mode: 'async' } });
    await damage(body.jobId);
    const read = () => hub.call('GET', `/v1/jobs/${body.jobId}`);

    await until(async () => (await countOf(DEAD_LETTERS)) === 1);

    assert.equal(hub.batches.length, JOB_DELIVERIES);
    const failed = await read();
    assert.deepEqual([failed.body.status, failed.body.error.code], ['failed', 'poisoned'], failed.text);
    const shown = await askHub(
      hub.dataDirectory,
      { command: 'show', name: DEAD_LETTERS, limit: 10 },
      answerSchemas.show,
    );
    assert.deepEqual(
      shown.messages.map(({ body: text }) => JSON.parse(text)),
      [{ tenantId: 'acme', jobId: body.jobId }],
    );

    const redrive = { command: 'redrive', name: DEAD_LETTERS } as const;
    assert.equal((await askHub(hub.dataDirectory, redrive, answerSchemas.redrive)).moved, 1);
    await until(async () => (await countOf(QUEUE)) + (await countOf(DEAD_LETTERS)) === 0);

    assert.deepEqual((await read()).body, failed.body);
    assert.equal(upstream.offer.effects, 0);
  });
});
