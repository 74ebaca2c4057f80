import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { createS3JobResults } from '../../lambdas/adapters/s3-job-results.ts';
import { HubError } from '../../lambdas/hub/hub-error.ts';
import { jobIdSchema } from '../../lambdas/hub/jobs/job-id.ts';
import { tenantIdSchema } from '../../lambdas/hub/principal.ts';
import type { PolicyStatement } from '../../local/template/stack-model.ts';
import { jobResultsContract } from '../support/jobs/job-results-contract.ts';
import { createRunningEndpoints } from '../support/running-endpoints.ts';
import { bucketFixture, DATA_KEY, stackFixture } from '../support/stack-fixture.ts';

const BUCKET = bucketFixture('results', { encryptionKeyArn: DATA_KEY.arn, bucketKey: true });
const allow = (Action: string[], Resource: string, Condition?: PolicyStatement['Condition']): PolicyStatement => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
});
const OBJECTS = `${BUCKET.arn}/*`;
const throughS3 = {
  StringEquals: { 'kms:ViaService': 's3.us-east-1.amazonaws.com', 'kms:EncryptionContext:aws:s3:arn': BUCKET.arn },
};
const throughDynamoDb = { StringEquals: { 'kms:ViaService': 'dynamodb.us-east-1.amazonaws.com' } };
const use = (...actions: string[]) => allow(actions, DATA_KEY.arn, throughS3);

const running = createRunningEndpoints({
  ...stackFixture({
    Both: [
      allow(['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], OBJECTS),
      allow(['s3:ListBucket'], BUCKET.arn),
      use('kms:GenerateDataKey', 'kms:Decrypt'),
    ],
    Blind: [allow(['s3:GetObject'], OBJECTS), use('kms:Decrypt')],
    Keyless: [
      allow(['s3:GetObject', 's3:PutObject'], OBJECTS),
      allow(['s3:ListBucket'], BUCKET.arn),
      allow(['kms:GenerateDataKey', 'kms:Decrypt'], DATA_KEY.arn, throughDynamoDb),
    ],
  }),
  buckets: [BUCKET],
});
before(running.start);
after(running.remove);
const resultsOf = (role: string) => createS3JobResults(running.s3(role), 'results');

const TENANT = tenantIdSchema.parse('acme');
const NAME = { jobId: jobIdSchema.parse('a'.repeat(44)), attempt: 1 };
const isUnavailable = (error: unknown) => error instanceof HubError && error.code === 'unavailable';

jobResultsContract('S3', async () => ({ results: resultsOf('Both') }));

test('a result is a JSON object below its tenant, in one request', async () => {
  const before = running.calls.length;

  await resultsOf('Both').put(TENANT, NAME, { ok: true });

  assert.deepEqual(
    running.calls.slice(before).map(({ operation }) => operation),
    ['PutObject'],
  );
  const Key = `acme/${NAME.jobId}/1.json`;
  const object = await running.s3('Both').send(new GetObjectCommand({ Bucket: 'results', Key }));
  assert.equal(object.ContentType, 'application/json');
  assert.equal(await object.Body?.transformToString(), '{"ok":true}');
});

test('who may use the key of the data through DynamoDB only can neither store nor read a result', async () => {
  await resultsOf('Both').put(TENANT, NAME, { ok: true });
  const keyless = resultsOf('Keyless');

  await assert.rejects(keyless.put(TENANT, NAME, {}), isUnavailable);
  await assert.rejects(keyless.get(TENANT, NAME), isUnavailable);
});

test('a result is not taken for gone by who may not know', async () => {
  await assert.rejects(resultsOf('Blind').get(TENANT, { ...NAME, attempt: 9 }), isUnavailable);
});

test('what is no result is not shown as one', async () => {
  const Key = `acme/${NAME.jobId}/7.json`;
  for (const Body of [' ', '{"half":', '[]']) {
    await running.s3('Both').send(new PutObjectCommand({ Bucket: 'results', Key, Body }));

    await assert.rejects(resultsOf('Both').get(TENANT, { ...NAME, attempt: 7 }), isUnavailable);
  }
});
