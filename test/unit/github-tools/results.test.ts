import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { presentDirectory, presentFile } from '../../../lambdas/hub/system/github/file-content.ts';
import { presentLog } from '../../../lambdas/hub/system/github/log.ts';
import { outline } from '../../../lambdas/hub/system/github/outline.ts';
import { page } from '../../../lambdas/hub/system/github/present.ts';
import { pick, shape } from '../../../lambdas/hub/system/github/shape.ts';
import { ToolInputError } from '../../../lambdas/hub/system/rest-tool.ts';

describe('of an object of GitHub', () => {
  it('what is wanted is kept, under the name that is wanted', () => {
    const issue = { number: 7, user: { login: 'ada' }, labels: [{ name: 'bug' }, { name: 'old' }], node_id: 'x' };

    const kept = pick(issue, shape('number author:user.login labels:labels[].name'));

    assert.deepEqual(kept, { number: 7, author: 'ada', labels: ['bug', 'old'] });
  });

  it('what is missing, null or an object is left out', () => {
    const kept = pick({ user: null, closed_at: null, base: {} }, shape('author:user.login closed_at base title'));

    assert.deepEqual(kept, {});
  });

  it('nothing is left of what is no object', () => {
    for (const value of [undefined, null, 'text', 7, []]) assert.deepEqual(pick(value, shape('number')), {});
  });

  it('long texts are cut, and say by how much', () => {
    assert.deepEqual(pick({ body: 'x'.repeat(15) }, shape('body'), 10), {
      body: `${'x'.repeat(10)} [cut: 5 characters more]`,
    });
  });

  it('a text is never cut into half a character', () => {
    assert.ok(String(pick({ body: '\u{1f600}\u{1f600}' }, shape('body'), 3)['body']).isWellFormed());
  });
});

describe('a page', () => {
  const asked = { page: 2, per_page: 30 };

  it('says that there is another, and which', () => {
    const { structured } = page('names', shape('name'))({ data: [{ name: 'a' }], nextPage: 3 }, asked);

    assert.deepEqual(structured, { page: 2, per_page: 30, has_more: true, next_page: 3, names: [{ name: 'a' }] });
  });

  it('is the last one where nothing follows', () => {
    const { structured } = page('names', shape('name'))({ data: [], nextPage: undefined }, asked);

    assert.deepEqual(structured, { page: 2, per_page: 30, has_more: false, names: [] });
  });

  it('says how many there are in all, where GitHub does', () => {
    const answer = { data: { total_count: 61, items: [{ name: 'a' }] }, nextPage: undefined };

    const { structured } = page('names', shape('name'), { within: 'items' })(answer, asked);

    assert.deepEqual(structured, { page: 2, per_page: 30, has_more: false, total_count: 61, names: [{ name: 'a' }] });
  });
});

it('a result is readable without its structure', () => {
  const result = { has_more: false, tags: ['a', 'b'], none: [], issues: [{ number: 1, body: 'x\ny' }, { number: 2 }] };

  assert.equal(
    outline(result),
    [
      'has_more: false',
      'tags: a, b',
      'none: none',
      'issues:',
      '- number: 1',
      '  body:',
      '    x',
      '    y',
      '- number: 2',
    ].join('\n'),
  );
});

describe('a file', () => {
  const encoded = (content: string | Buffer, more = {}) => ({
    nextPage: undefined,
    data: {
      path: 'a.txt',
      type: 'file',
      encoding: 'base64',
      content: Buffer.from(content).toString('base64'),
      ...more,
    },
  });
  const shown = (content: string | Buffer, start_line = 1) => presentFile(encoded(content), { start_line }).structured;

  it('is shown whole where it is small', () => {
    const { structured, text } = presentFile(encoded('one\ntwo\n'), { start_line: 1 });

    assert.deepEqual(structured, {
      path: 'a.txt',
      type: 'file',
      start_line: 1,
      total_lines: 3,
      has_more: false,
      content: 'one\ntwo\n',
    });
    assert.ok(text?.endsWith('\n\none\ntwo\n'));
  });

  it('is shown in parts where it is large, and every line once', () => {
    const lines = Array.from({ length: 5_000 }, (_, i) => `${i} ${'x'.repeat(90)}`);
    const parts: string[] = [];

    let next: unknown = 1;
    while (typeof next === 'number') {
      const part = shown(lines.join('\n'), next);
      assert.ok(String(part['content']).length <= 100_000);
      parts.push(String(part['content']));
      next = part['next_line'];
    }

    assert.equal(parts.join('\n'), lines.join('\n'));
    assert.ok(parts.length > 4);
  });

  it('is shown cut where a single line is too long', () => {
    const part = shown(`${'x'.repeat(150_000)}\nend`);

    assert.match(String(part['content']), /x \[cut: 50000 characters more\]$/);
    assert.equal(part['next_line'], 2);
  });

  it('has nothing beyond its end', () => {
    assert.deepEqual(shown('one', 9)['content'], '');
    assert.equal(shown('one', 9)['has_more'], false);
  });

  for (const bytes of [Buffer.from([0x50, 0x4b, 0x00, 0x01]), Buffer.from([0xff, 0xfe, 0x41])]) {
    it(`is binary if it is ${bytes.toString('hex')}`, () => {
      const structured = shown(bytes);

      assert.equal(structured['binary'], true);
      assert.equal(structured['content'], undefined);
    });
  }

  it('that GitHub gives without its content says so', () => {
    const { structured } = presentFile(encoded('', { encoding: 'none', size: 5_000_000 }), { start_line: 1 });

    assert.deepEqual(structured, {
      path: 'a.txt',
      type: 'file',
      size: 5_000_000,
      note: 'no content: this is no file, or one above 1 MB',
    });
  });

  it('says that there may be more in a directory of which GitHub gives no more', () => {
    const entries = (count: number) => Array.from({ length: count }, (_, index) => ({ name: `f${index}` }));
    const hasMore = (count: number) => {
      const { structured } = presentDirectory({ data: entries(count), nextPage: undefined });
      return structured['has_more'];
    };

    assert.deepEqual([hasMore(999), hasMore(1_000)], [false, true]);
  });

  it('is no directory, nor the other way round', () => {
    assert.throws(() => presentFile({ data: [], nextPage: undefined }, { start_line: 1 }), ToolInputError);
    assert.throws(() => presentDirectory(encoded('one')), ToolInputError);
  });

  it('is never shown with the address of its download, which may contain a token', () => {
    const { structured } = presentFile(encoded('x', { download_url: 'https://raw.example/x?token=canary' }), {
      start_line: 1,
    });

    assert.doesNotMatch(JSON.stringify(structured), /canary/);
  });
});

describe('a log', () => {
  const log = (data: string, lines: number, isTail = false) =>
    presentLog({ data, isTail, nextPage: undefined }, { lines }).structured;

  it('is shown from its end', () => {
    assert.deepEqual(log('a\nb\nc\n', 2), { lines: 2, is_whole: false, log: 'b\nc' });
  });

  it('is whole where all of it is shown', () => {
    assert.deepEqual(log('a\nb\n', 2), { lines: 2, is_whole: true, log: 'a\nb' });
    assert.equal(log('a\nb\n', 2, true)['is_whole'], false);
  });

  it('is never longer than a model can take in', () => {
    assert.equal(String(log('x'.repeat(300_000), 1)['log']).length, 100_000);
  });
});
