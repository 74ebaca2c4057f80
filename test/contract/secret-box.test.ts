import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { KMSClient } from '@aws-sdk/client-kms';
import { AwsError } from '../../local/endpoints/aws-error.ts';
import { createLocalKms } from '../../local/endpoints/kms.ts';
import { serveHttp } from '../support/loopback-server.ts';
import { secretBoxContract } from '../support/secret-box-contract.ts';

const keys = ['vault', 'other'].map((keyId) => ({
  logicalId: keyId,
  keyId,
  arn: `arn:aws:kms:eu-west-1:111122223333:key/${keyId}`,
  policy: { Version: '2012-10-17', Statement: [] },
}));

secretBoxContract("AWS's client and the local KMS", async (t) => ({
  kms: await connect(t),
  keyArn: keys[0]?.arn ?? '',
  otherKeyArn: keys[1]?.arn ?? '',
}));

async function connect(t: TestContext): Promise<KMSClient> {
  const directory = mkdtempSync(join(tmpdir(), 'nexus-kms-'));
  const kms = createLocalKms({ keys, keyFile: join(directory, 'keys.json') });
  const server = await serveHttp(t, async (request, response) => {
    const operation = String(request.headers['x-amz-target']).replace('TrentService.', '');
    try {
      response.end(JSON.stringify(kms.handle(operation, await json(request))));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      response.writeHead(error.status).end(JSON.stringify({ __type: error.type, message: error.message }));
    }
  });
  const client = new KMSClient({
    endpoint: `http://127.0.0.1:${server.port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  t.after(() => {
    client.destroy();
    rmSync(directory, { recursive: true });
  });
  return client;
}
