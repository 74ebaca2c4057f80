import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import type { TestHub } from './test-hub.ts';

/** Every item of every table of a running hub, as JSON with binary values in base64. */
export async function storedItems({ hub }: TestHub): Promise<string[]> {
  const client = new DynamoDBClient({
    endpoint: hub.dynamodbEndpoint,
    region: hub.stack.region,
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  const items: string[] = [];
  for (const { tableName } of hub.stack.tables) {
    for await (const page of paginateScan({ client }, { TableName: tableName })) {
      items.push(...(page.Items ?? []).map((item) => JSON.stringify(item, binaryAsBase64)));
    }
  }
  client.destroy();
  return items;
}

/** Every file of a hub's data directory. */
export async function storedFiles({ dataDirectory }: TestHub): Promise<string[]> {
  const files = await readdir(dataDirectory, { recursive: true, withFileTypes: true });
  const contents = files
    .filter((file) => file.isFile())
    .map((file) => readFile(join(file.parentPath, file.name), 'latin1'));
  return Promise.all(contents);
}

function binaryAsBase64(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}

/** The binary values in the JSON of a DynamoDB item or request, as they are and unpacked where they are packed. */
export function unpacked(json: string): string[] {
  return [...json.matchAll(/"B":"([A-Za-z0-9+/=]+)"/g)].flatMap(([, encoded = '']) => {
    const bytes = Buffer.from(encoded, 'base64');
    try {
      return [bytes.toString('latin1'), brotliDecompressSync(bytes).toString('utf8')];
    } catch {
      return [bytes.toString('latin1')];
    }
  });
}

/** The secret is in none of the texts, in no form in which it is likely to travel. */
export function assertAbsent(canary: string, texts: readonly string[]): void {
  const forms = [canary, Buffer.from(canary).toString('hex'), ...base64Forms(canary)];
  for (const text of texts) {
    const found = forms.find((form) => text.includes(form));
    assert.equal(found, undefined, `${found} is in ${text.slice(0, 300)}`);
  }
}

/** What base64 makes of it at each of the three positions that it can start at, without the ends that neighbours change. */
function base64Forms(value: string): string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.from('.'.repeat(offset) + value)
      .toString('base64')
      .replace(/=+$/, '');
    return encoded.slice(4, -4);
  });
}
