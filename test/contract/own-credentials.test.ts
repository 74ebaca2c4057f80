import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CreateTableCommand, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { createDynamoServerStore } from '../../lambdas/adapters/dynamo/dynamo-server-store.ts';
import { createDynamoSystemStore } from '../../lambdas/adapters/dynamo/dynamo-system-store.ts';
import { ownCredentialKey } from '../../lambdas/adapters/dynamo/keys.ts';
import { createConnectionRules } from '../../lambdas/adapters/egress/connection-rules.ts';
import { createEgress } from '../../lambdas/adapters/egress/egress.ts';
import { createKmsSecretBox } from '../../lambdas/adapters/kms-vault/kms-secret-box.ts';
import { type TenantId, tenantIdSchema } from '../../lambdas/hub/principal.ts';
import { presentServer } from '../../lambdas/hub/servers/present-server.ts';
import { GITHUB } from '../../lambdas/hub/system/github.ts';
import { createSetOwnCredential } from '../../lambdas/hub/system/own-credential.ts';
import { PLAYWRIGHT } from '../../lambdas/hub/system/playwright.ts';
import { createRegisteredOnly } from '../../lambdas/hub/system/registered-only.ts';
import { createSetSystemServer, type SetSystemServer } from '../../lambdas/hub/system/set-system-server.ts';
import type { SystemServer } from '../../lambdas/hub/system/system-server.ts';
import { tenantSystemServer } from '../../lambdas/hub/system/tenant-system-server.ts';
import { startDynamoDb } from '../../local/endpoints/dynamodb.ts';
import { createInMemoryKms } from '../support/in-memory-kms.ts';
import { sampleServer } from '../support/sample-server.ts';
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
    const github = async (tenantId: ReturnType<typeof newTenant>) => {
      const [state, own] = await Promise.all([system.readState('github'), system.readOwn(tenantId, 'github')]);
      return presentServer(tenantSystemServer(tenantId, GITHUB, { state, own }));
    };
    return {
      registered,
      github,
      decide: (server: SystemServer, input: SetSystemServer) => setSystemServer(server, input, undefined),
      setOwn: (tenantId: TenantId, slug: string, credential: string) =>
        createSetOwnCredential({ system, registered, box, rules, now })(tenantId, slug, credential, undefined),
    };
  }

  it('need to be sent again by a tenant when the server has moved, and nobody else’s is used meanwhile', async () => {
    const { decide, setOwn, github } = setUp();
    const [tenant, other] = [newTenant(), newTenant()];
    await setOwn(tenant, 'github', 'token-1');
    assert.equal((await github(tenant))['state'], 'ready');

    await decide(GITHUB, { url: ENTERPRISE, credential: 'deployment' });
    const moved = await github(tenant);
    const others = await github(other);
    await setOwn(tenant, 'github', 'token-2');
    const again = await github(tenant);
    await decide(GITHUB, { url: null, credential: null });

    assert.equal(moved['state'], 'needs_credentials');
    const { of, help } = moved['credential'] as { of: string; help: string };
    assert.equal(of, 'nobody');
    assert.match(help, /has moved .* PUT \/v1\/servers\/github\/credential/);
    assert.deepEqual([others['state'], again['state']], ['ready', 'ready']);
  });

  it('are taken to fit where the row does not say for which address they were given', async () => {
    const { setOwn, github } = setUp();
    const tenant = newTenant();
    await setOwn(tenant, 'github', 'token-1');
    const remove = { UpdateExpression: 'REMOVE #o', ExpressionAttributeNames: { '#o': 'origin' } };
    const Key = marshall(ownCredentialKey(tenant, 'github'));
    await client.send(new UpdateItemCommand({ TableName: TABLE, Key, ...remove }));

    assert.equal((await github(tenant))['state'], 'ready');
  });

  it('are refused for a name that the tenant gave a server of its own', async () => {
    const { registered, setOwn } = setUp();
    const tenant = newTenant();
    await registered.create(sampleServer('github', { tenantId: tenant }));

    const { message } = await failure(setOwn(tenant, 'github', 'token'), 'slug_taken');

    assert.match(message, /PATCH \/v1\/servers\/github/);
  });

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
