import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { expireObjects } from '../../local/endpoints/s3.ts';
import { openObjectStore } from '../../local/objects/object-store.ts';
import type { PolicyStatement } from '../../local/template/stack-model.ts';
import { createRunningEndpoints } from '../support/running-endpoints.ts';
import { bucketFixture, DATA_KEY, stackFixture } from '../support/stack-fixture.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const RESULTS = bucketFixture('results', {
  policies: [
    {
      Statement: [
        {
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: 's3:*',
          Resource: '*',
          Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } },
        },
      ],
    },
  ],
});
const SEALED = bucketFixture('sealed', { encryptionKeyArn: DATA_KEY.arn, bucketKey: true });
const allow = (Action: string[], Resource: string | string[]): PolicyStatement => ({
  Effect: 'Allow',
  Action,
  Resource,
});

const STACK = {
  ...stackFixture({
    Manage: [allow(['s3:*'], '*')],
    Read: [allow(['s3:GetObject'], `${RESULTS.arn}/acme/*`)],
  }),
  buckets: [RESULTS, SEALED],
};
const running = createRunningEndpoints(STACK);
before(running.start);
after(running.remove);
const manage = () => running.s3('Manage');
const at = (Key: string) => ({ Bucket: 'results', Key });
const put = (Key: string, options: Partial<PutObjectCommandInput> = {}) =>
  manage().send(new PutObjectCommand({ ...at(Key), Body: 'x', ...options }));
const list = (options: object = {}) => manage().send(new ListObjectsV2Command({ Bucket: 'results', ...options }));

test('an object comes back byte by byte with its headers and its checksum', async () => {
  const Body = Buffer.from([0, 255, 10, 13, 128]);
  const Key = "acme/a job's +result ü%.json";
  const { ETag } = await put(Key, { Body, ContentType: 'application/json', Metadata: { tenant: 'acme' } });

  const got = await running.s3('Read').send(new GetObjectCommand(at(Key)));
  const head = await manage().send(new HeadObjectCommand(at(Key)));

  assert.deepEqual(Buffer.from((await got.Body?.transformToByteArray()) ?? []), Body);
  assert.deepEqual([got.ContentType, got.Metadata, got.ETag], ['application/json', { tenant: 'acme' }, ETag]);
  assert.equal(head.ContentLength, 5);
});

test('an object that is not there is not found by those who may list, and denied to all others', async () => {
  const named = (name: string) => (error: Error) => error.name === name;

  await assert.rejects(manage().send(new GetObjectCommand(at('acme/none'))), named('NoSuchKey'));
  await assert.rejects(manage().send(new HeadObjectCommand(at('acme/none'))), named('NotFound'));
  await assert.rejects(running.s3('Read').send(new GetObjectCommand(at('acme/none'))), named('AccessDenied'));
});

test('what is deleted is gone, and may be deleted again', async () => {
  await put('acme/old');

  await manage().send(new DeleteObjectCommand(at('acme/old')));
  await manage().send(new DeleteObjectCommand(at('acme/old')));

  await assert.rejects(manage().send(new GetObjectCommand(at('acme/old'))), { name: 'NoSuchKey' });
});

test('of concurrent uploads that must not replace one wins', async () => {
  const results = await Promise.allSettled([1, 2, 3].map((n) => put('once', { Body: `${n}`, IfNoneMatch: '*' })));

  const lost = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.name] : []));
  assert.deepEqual(lost, ['PreconditionFailed', 'PreconditionFailed']);
});

test('objects are listed in pages, in the order of their keys', async () => {
  for (const key of ['list/b', 'list/a/2', 'list/a/1', 'list/c']) await put(key);

  const first = await list({ Prefix: 'list/', MaxKeys: 3 });
  const second = await list({ Prefix: 'list/', ContinuationToken: first.NextContinuationToken });
  const folders = await list({ Prefix: 'list/', Delimiter: '/' });

  const keys = [first, second].map(({ Contents = [] }) => Contents.map(({ Key }) => Key));
  assert.deepEqual(keys, [['list/a/1', 'list/a/2', 'list/b'], ['list/c']]);
  assert.deepEqual([first.IsTruncated, second.IsTruncated], [true, false]);
  assert.deepEqual(folders.CommonPrefixes, [{ Prefix: 'list/a/' }]);
  assert.deepEqual(
    folders.Contents?.map(({ Key }) => Key),
    ['list/b', 'list/c'],
  );
});

test('objects survive a restart', async () => {
  await put('acme/kept', { Body: 'kept' });

  await running.stop();
  await running.start();

  const { Body } = await manage().send(new GetObjectCommand(at('acme/kept')));
  assert.equal(await Body?.transformToString(), 'kept');
});

test('what the role, or the key of the bucket, does not allow is denied', async () => {
  const read = running.s3('Read');

  await assert.rejects(read.send(new GetObjectCommand(at('other/x'))), { name: 'AccessDenied' });
  await assert.rejects(read.send(new PutObjectCommand({ ...at('acme/x'), Body: 'x' })), { name: 'AccessDenied' });
  await assert.rejects(manage().send(new PutObjectCommand({ Bucket: 'sealed', Key: 'x', Body: 'x' })), {
    name: 'AccessDenied',
    message: /kms:GenerateDataKey/,
  });
});

test('what is not emulated is refused by its name', async () => {
  const attempts: [() => Promise<unknown>, RegExp][] = [
    [() => manage().send(new GetObjectCommand({ ...at('acme/kept'), Range: 'bytes=0-1' })), /the header range/],
    [() => put('acme/tagged', { Tagging: 'a=b' }), /x-amz-tagging/],
    [() => put('acme/stream', { Body: Readable.from(['x']), ContentLength: 1 }), /an upload in chunks/],
    [() => manage().send(new CreateMultipartUploadCommand(at('acme/parts'))), /POST of an object/],
  ];

  for (const [attempt, message] of attempts) await assert.rejects(attempt, { name: 'NotImplemented', message });
});

test('a life cycle ends objects below its prefix, after its days', async (t) => {
  const store = openObjectStore(join(temporaryDirectory(t), 'objects.sqlite'));
  t.after(() => store.close());
  const DAY = 86_400_000;
  const object = { body: Buffer.from('x'), etag: '"x"', headers: '{}' };
  store.put('results', { ...object, key: 'jobs/old', modifiedAt: 0 });
  store.put('results', { ...object, key: 'jobs/new', modifiedAt: 2 * DAY });
  store.put('results', { ...object, key: 'other/old', modifiedAt: 0 });
  const bucket = bucketFixture('results', { expirations: [{ prefix: 'jobs/', days: 7 }] });

  const removed = expireObjects(store, [bucket], 8 * DAY);

  assert.equal(removed, 1);
  const left = store.list('results', { prefix: '', after: '', limit: 10 });
  assert.deepEqual(
    left.map(({ key }) => key),
    ['jobs/new', 'other/old'],
  );
});
