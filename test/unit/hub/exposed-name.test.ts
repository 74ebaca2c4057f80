import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { exposedName, slugOf } from '../../../lambdas/hub/catalog/exposed-name.ts';

const slug = fc.stringMatching(/^[a-z][a-z0-9-]{0,23}$/);
const toolName = fc.oneof(fc.stringMatching(/^[A-Za-z0-9_.-]{1,128}$/), fc.string({ minLength: 1, maxLength: 256 }));

describe('the exposed name of a tool', () => {
  it('is slug and tool joined by an underscore', () => {
    assert.equal(exposedName('brave', 'search'), 'brave_search');
  });

  it('fits what model providers accept, whatever the server calls its tool', () => {
    fc.assert(fc.property(slug, toolName, (s, t) => assert.match(exposedName(s, t), /^[A-Za-z0-9_-]{1,64}$/)));
  });

  it('gives the slug back', () => {
    fc.assert(fc.property(slug, toolName, (s, t) => assert.equal(slugOf(exposedName(s, t)), s)));
  });

  it('differs for different tools of different or equal servers', () => {
    fc.assert(
      fc.property(slug, toolName, slug, toolName, (s1, t1, s2, t2) => {
        fc.pre(s1 !== s2 || t1 !== t2);
        assert.notEqual(exposedName(s1, t1), exposedName(s2, t2));
      }),
      { numRuns: 1000 },
    );
  });

  it('ends in a hash, not in a cut, when it is too long', () => {
    const first = exposedName('server', `${'a'.repeat(80)}1`);
    const second = exposedName('server', `${'a'.repeat(80)}2`);

    assert.equal(first.length, 64);
    assert.notEqual(first, second);
  });

  it('keeps names apart that only refused characters distinguish', () => {
    assert.notEqual(exposedName('s', 'read.file'), exposedName('s', 'read/file'));
    assert.notEqual(exposedName('s', 'read.file'), exposedName('s', 'read_file'));
  });

  for (const nothing of ['', '_tool', 'no-underscore', `${'a'.repeat(60)}_${'b'.repeat(20)}`]) {
    it(`of no server is "${nothing.slice(0, 20)}"`, () => assert.equal(slugOf(nothing), undefined));
  }
});
