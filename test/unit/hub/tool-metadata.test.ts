import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toolMetadata } from '../../../lambdas/hub/catalog/tool-metadata.ts';
import type { Json } from '../../../lambdas/hub/json.ts';

const metadata = (name: string, more: Record<string, Json> = {}) =>
  toolMetadata({ name, inputSchema: { type: 'object' }, ...more });

describe('metadata of a tool', () => {
  const categories: [string, Record<string, Json>, string][] = [
    ['web_search', {}, 'search'],
    ['browserNavigate', {}, 'browser'],
    ['create_pull_request', {}, 'code'],
    ['sendEmail', {}, 'communication'],
    ['fetch', { description: 'Reads a file from a directory' }, 'files'],
    ['frobnicate', {}, 'other'],
  ];
  for (const [name, more, category] of categories) {
    it(`puts ${name} into ${category}`, () => assert.equal(metadata(name, more).category, category));
  }

  it('takes tags from the annotations and the words of the name', () => {
    const { tags } = metadata('delete_old_file', { annotations: { destructiveHint: true, idempotentHint: true } });

    assert.deepEqual(tags, ['destructive', 'idempotent', 'delete', 'old', 'file']);
  });

  it('does not call a read-only tool destructive', () => {
    assert.deepEqual(metadata('x', { annotations: { readOnlyHint: true, destructiveHint: true } }).tags, ['read-only']);
  });

  it('ranks a read-only tool above a destructive one', () => {
    const safe = metadata('a', { annotations: { readOnlyHint: true } }).priority;
    const risky = metadata('b', { annotations: { destructiveHint: true } }).priority;

    assert.ok(safe > risky);
  });

  it('expects long-running work to take long', () => {
    assert.ok(metadata('trigger-long-running-operation').estimatedDurationMs > metadata('echo').estimatedDurationMs);
  });

  it('survives text that is no text', () => {
    assert.equal(metadata('a', { description: 7, title: null, annotations: 'none' }).category, 'other');
  });
});
