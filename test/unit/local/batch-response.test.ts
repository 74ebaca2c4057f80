import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failedItems } from '../../../local/triggers/batch-response.ts';

const none: string[] = [];
const all = ['a', 'b', 'c'];
const item = (itemIdentifier: unknown) => ({ itemIdentifier });

const answers: readonly (readonly [what: string, answer: string, failed: string[]])[] = [
  ['no answer', '', none],
  ['null', 'null', none],
  ['an empty object', '{}', none],
  ['no list', '{"batchItemFailures":null}', none],
  ['an empty list', '{"batchItemFailures":[]}', none],
  ['a text', '"done"', none],
  ['two of the messages', JSON.stringify({ batchItemFailures: [item('c'), item('a')] }), ['c', 'a']],
  ['what is not JSON', '{"batchItemFailures":', all],
  ['an empty name', JSON.stringify({ batchItemFailures: [item('')] }), all],
  ['no name', JSON.stringify({ batchItemFailures: [item(null)] }), all],
  ['a name under another key', JSON.stringify({ batchItemFailures: [{ messageId: 'a' }] }), all],
  ['a list of texts', JSON.stringify({ batchItemFailures: ['a'] }), all],
  ['a message of another batch', JSON.stringify({ batchItemFailures: [item('a'), item('x')] }), all],
];

for (const [what, answer, failed] of answers) {
  test(`of a batch that is answered with ${what}, ${failed.length} of 3 have failed`, () => {
    assert.deepEqual([...failedItems(answer, all)], failed);
  });
}
