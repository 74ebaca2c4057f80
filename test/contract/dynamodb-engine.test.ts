import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDynamoDb } from '../../local/endpoints/dynamodb.ts';

const answers = async (endpoint: string): Promise<boolean> =>
  fetch(endpoint).then(
    () => true,
    () => false,
  );

async function untilSilent(endpoint: string): Promise<boolean> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (!(await answers(endpoint))) {
      return true;
    }
    await sleep(20);
  }
  return false;
}

test('the engine is gone after close', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'nexus-engine-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const engine = await startDynamoDb(join(directory, 'db.sqlite'), 'us-east-1');

  assert.equal(await answers(engine.dynamodb.endpoint), true);
  await engine.close();

  assert.equal(await answers(engine.dynamodb.endpoint), false);
});

test('the engine dies with its parent, even when that is killed', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'nexus-engine-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const source = `
    import { startDynamoDb } from ${JSON.stringify(import.meta.resolve('../../local/endpoints/dynamodb.ts'))};
    const { dynamodb } = await startDynamoDb(${JSON.stringify(join(directory, 'db.sqlite'))}, 'us-east-1');
    process.stdout.write(dynamodb.endpoint);
    setInterval(() => undefined, 1000);
  `;
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [endpoint] = await once(parent.stdout, 'data');
  assert.equal(await answers(String(endpoint)), true);

  parent.kill('SIGKILL');

  assert.equal(await untilSilent(String(endpoint)), true);
});
