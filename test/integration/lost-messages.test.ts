import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { askHub } from '../../local/control/ask-hub.ts';
import { answerSchemas } from '../../local/control/control-commands.ts';
import { modifiedAssembly } from '../support/modified-assembly.ts';
import { startTestHub } from '../support/test-hub.ts';
import { startModern } from '../support/upstreams/modern.ts';

/** Time within which a worker should have taken a job, and a little more. */
const PICKUP_MS = 61_000;

/** The stack as if the function that accepts jobs could not reach the queue. */
function assemblyWithoutQueue(): Promise<string> {
  return modifiedAssembly((resources) => {
    for (const [logicalId, { Type, Properties }] of Object.entries(resources)) {
      if (Type !== 'AWS::IAM::Policy' || !logicalId.startsWith('Invoke')) continue;
      const { Statement } = Properties.PolicyDocument;
      Properties.PolicyDocument.Statement = Statement.filter(
        ({ Action }: { Action: unknown }) => Action !== 'sqs:SendMessage',
      );
      assert.equal(Properties.PolicyDocument.Statement.length, Statement.length - 1);
    }
  });
}

describe('a job whose message was lost', () => {
  it('is accepted, and done after a sweep', async () => {
    const assembly = await assemblyWithoutQueue();
    const [hub, upstream] = await Promise.all([startTestHub({ assembly }), startModern()]);
    try {
      await hub.register({ slug: 's', url: upstream.url });
      const accepted = await hub.call('POST', '/v1/tools/s_count/invoke', { body: { mode: 'async' } });
      assert.equal(accepted.status, 202, accepted.text);
      const statusNow = async () => (await hub.call('GET', `/v1/jobs/${accepted.body.jobId}`)).body.status;

      await delay(PICKUP_MS);
      await askHub(hub.dataDirectory, { command: 'fire', name: 'AsyncJobsSweep' }, answerSchemas.fire);
      for (let tries = 0; tries < 100 && (await statusNow()) !== 'succeeded'; tries++) await delay(100);

      assert.equal(await statusNow(), 'succeeded');
      assert.equal(upstream.offer.effects, 1);
    } finally {
      await Promise.all([hub.close(), upstream.close()]);
      await rm(assembly, { recursive: true });
    }
  });
});
