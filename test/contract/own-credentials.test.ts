import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoServerStore } from '../../lambdas/adapters/dynamo/dynamo-server-store.ts';
import { createDynamoSystemStore } from '../../lambdas/adapters/dynamo/dynamo-system-store.ts';
import { createConnectionRules } from '../../lambdas/adapters/egress/connection-rules.ts';
import { createEgress } from '../../lambdas/adapters/egress/egress.ts';
import { createKmsSecretBox } from '../../lambdas/adapters/kms-vault/kms-secret-box.ts';
import { tenantIdSchema } from '../../lambdas/hub/principal.ts';
import { GITHUB } from '../../lambdas/hub/system/github.ts';
import { PLAYWRIGHT } from '../../lambdas/hub/system/playwright.ts';
import { createRegisteredOnly } from '../../lambdas/hub/system/registered-only.ts';
import { createSetSystemServer, type SetSystemServer } from '../../lambdas/hub/system/set-system-server.ts';
import type { SystemServer } from '../../lambdas/hub/system/system-server.ts';
import { startDynamoDb } from '../../local/endpoints/dynamodb.ts';
import { createInMemoryKms } from '../support/in-memory-kms.ts';
import { failure } from '../support/upstreams/upstream-under-test.ts';

const TABLE = 'registry';
const ENTERPRISE = 'https://github.nexus-hub.dev/api/v3';
const rules = createConnectionRules(createEgress({ allowLoopback: false, ports: [443], ownOrigins: [] }), []);
const now = () => 1_800_000_000_000;
const box = createKmsSecretBox({
  kms: createInMemoryKms(),
  keyArn: 'key',
  stage: 'test',
  purpose: 'upstream-config',
  now,
});

describe('credentials of system servers, in their rows', () => {
  let directory: string;
  let database: Awaited<ReturnType<typeof startDynamoDb>>;
  let client: DynamoDBClient;
  let tenants = 0;
  const newTenant = () => tenantIdSchema.parse(`tenant-${++tenants}`);

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nexus-credentials-'));
    database = await startDynamoDb(join(directory, 'dynamodb.sqlite'), 'us-east-1');
    const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };
    client = new DynamoDBClient({ endpoint: database.dynamodb.endpoint, region: 'us-east-1', credentials });
    await client.send(
      new CreateTableCommand({
        TableName: TABLE,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
      }),
    );
  });
  after(async () => {
    client?.destroy();
    await database?.close();
    await rm(directory, { recursive: true, force: true });
  });

  function setUp() {
    const system = createDynamoSystemStore(client, TABLE);
    const registered = createDynamoServerStore(client, { tableName: TABLE, refreshMs: 1 });
    const setSystemServer = createSetSystemServer({ system, box, rules, now, movesAll: false });
    return {
      registered,
      decide: (server: SystemServer, input: SetSystemServer) => setSystemServer(server, input, undefined),
    };
  }

  it('are not offered to tenants where only admins set them', async () => {
    const { get } = createRegisteredOnly(setUp().registered);

    const playwright = await failure(get(newTenant(), 'playwright'), 'slug_reserved');
    const github = await failure(get(newTenant(), 'github'), 'slug_reserved');

    assert.doesNotMatch(playwright.message, /credential/);
    assert.match(github.message, /PUT \/v1\/servers\/github\/credential/);
  });

  it('are for an address that paths can be put behind', async () => {
    const { decide } = setUp();

    for (const url of [`${ENTERPRISE}?a=b`, `${ENTERPRISE}?`]) {
      const { message } = await failure(decide(GITHUB, { url, credential: 'x' }), 'invalid_request');
      assert.match(message, /leave out "\?"/);
    }
    await failure(decide(GITHUB, { url: `${ENTERPRISE}#a`, credential: 'x' }), 'address_refused');
  });

  it('are told to be encrypted where they are an endpoint', async () => {
    const { decide } = setUp();
    const credential = 'ws://browsers.nexus-hub.dev/canary';

    const { message } = await failure(decide(PLAYWRIGHT, { credential }), 'address_refused');

    assert.match(message, /begins with wss:\/\/$/);
  });
});
