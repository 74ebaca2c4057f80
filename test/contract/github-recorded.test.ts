import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { JsonObject } from '../../lambdas/hub/json.ts';
import { githubCaller, TOKEN } from '../support/github/github-under-test.ts';
import { startRecordedGithub } from '../support/github/recorded-github.ts';
import { resultOf } from '../support/upstreams/upstream-under-test.ts';

const owner = 'octokit-fixture-org';

/** Tools, while GitHub answers as it did in a recording. */
async function recorded(t: TestContext, scenario: string, name?: string) {
  const server = await startRecordedGithub(t, scenario, name);
  const call = githubCaller(t, server.origin);
  const done = async (tool: string, args: JsonObject) => {
    const { structuredContent, isError, content } = await resultOf(call(tool, args));
    assert.notEqual(isError, true, JSON.stringify(content));
    return Object(structuredContent);
  };
  return { server, call, done };
}

describe('with what GitHub answered when it was recorded', () => {
  it('a repository is shown by what is useful of it, under the credential of the server', async (t) => {
    const { server, done } = await recorded(t, 'get-repository');

    const repository = await done('get_repository', { owner, repo: 'hello-world' });

    assert.equal(repository.full_name, 'octokit-fixture-org/hello-world');
    assert.equal(repository.default_branch, 'master');
    assert.ok(JSON.stringify(repository).length * 8 < JSON.stringify(server.exchanges[0]?.response).length);
    assert.deepEqual(
      server.requests.map(({ headers }) => headers.authorization),
      [`Bearer ${TOKEN}`],
    );
  });

  it('a repository that was renamed is found by its old name, and not changed by it', async (t) => {
    const { server, call, done } = await recorded(t, 'rename-repository');
    const args = { owner, repo: 'rename-repository' };
    const name = 'rename-repository-newname';

    const renamed = await done('update_repository', { ...args, name });
    const found = await done('get_repository', args);
    const { isError, content } = await resultOf(call('update_repository', { ...args, description: 'test' }));

    assert.equal(renamed.full_name, `${owner}/${name}`);
    assert.equal(found.full_name, `${owner}/${name}`);
    assert.equal(isError, true);
    assert.match(JSON.stringify(content), /renamed or moved, and nothing was changed/);
    assert.deepEqual(
      server.requests.map(({ httpMethod, path }) => `${httpMethod} ${path}`),
      [
        `PATCH /repos/${owner}/rename-repository`,
        `GET /repos/${owner}/rename-repository`,
        'GET /repositories/1000',
        `PATCH /repos/${owner}/rename-repository`,
      ],
    );
  });

  it('pages are turned until there is no more', async (t) => {
    const { done } = await recorded(t, 'paginate-issues', `/repos/${owner}/paginate-issues`);
    const numbers: number[] = [];

    let page: number | undefined = 1;
    while (page !== undefined) {
      const result = await done('list_issues', { owner, repo: 'paginate-issues', per_page: 3, page });
      assert.equal(result.has_more, result.next_page !== undefined);
      numbers.push(...result.issues.map(({ number }: { number: number }) => number));
      page = result.next_page;
    }

    assert.deepEqual(
      numbers,
      Array.from({ length: 13 }, (_, i) => 13 - i),
    );
  });

  it('a directory is listed', async (t) => {
    const { done } = await recorded(t, 'get-content');

    const { entries } = await done('list_directory', { owner, repo: 'hello-world' });

    assert.deepEqual(entries, [
      { name: 'README.md', path: 'README.md', type: 'file', size: 13, sha: '93a078d1c3f76aa1ca11def8f882a06df1d4a01b' },
    ]);
  });

  it('a file is committed', async (t) => {
    const { server, done } = await recorded(t, 'create-file');
    const file = { path: 'test.txt', content: 'Test content', message: 'create test.txt' };

    const { path, size } = await done('write_file', { owner, repo: 'create-file', ...file });

    assert.deepEqual({ path, size }, { path: 'test.txt', size: 12 });
    assert.deepEqual(server.requests[0]?.body, server.exchanges[0]?.body);
  });

  it('an issue is opened and labelled', async (t) => {
    const { server, done } = await recorded(t, 'add-labels-to-issue');
    const repo = 'add-labels-to-issue';

    const { number } = await done('create_issue', { owner, repo, title: 'Issue without a label' });
    const { labels } = await done('add_labels', { owner, repo, issue_number: number, labels: ['Foo', 'bAr', 'baZ'] });

    assert.deepEqual(
      labels.map(({ name }: { name: string }) => name),
      ['Foo', 'bAr', 'baZ'],
    );
    assert.deepEqual(
      server.requests.map(({ body }) => body),
      server.exchanges.map(({ body }) => body),
    );
  });

  it('labels are listed and created', async (t) => {
    const { done } = await recorded(t, 'labels');

    const { labels, has_more } = await done('list_labels', { owner, repo: 'labels' });
    const created = await done('create_label', { owner, repo: 'labels', name: 'test-label', color: '663399' });

    assert.equal(labels.length > 5, true);
    assert.equal(has_more, false);
    assert.deepEqual(created, { name: 'test-label', color: '663399' });
  });

  it('a refusal says which field is wrong', async (t) => {
    const { call } = await recorded(t, 'errors');

    const { isError, content } = await resultOf(call('create_label', { owner, repo: 'errors', name: 'foo' }));

    assert.equal(isError, true);
    assert.deepEqual(content, [
      { type: 'text', text: 'GitHub refused with 422: Validation Failed: Label color invalid' },
    ]);
  });

  it('a branch is created and deleted', async (t) => {
    const { server, done } = await recorded(t, 'git-refs');
    const branch = { owner, repo: 'git-refs', branch: 'test' };

    const created = await done('create_branch', { ...branch, sha: '0000000000000000000000000000000000000002' });
    const deleted = await done('delete_branch', branch);

    assert.equal(created.ref, 'refs/heads/test');
    assert.deepEqual(deleted, { deleted: true, ...branch });
    assert.deepEqual(server.requests[0]?.body, server.exchanges[1]?.body);
  });

  it('a release is found by its tag', async (t) => {
    const { done } = await recorded(t, 'release-assets');

    const { tag, name, draft } = await done('get_release', { owner, repo: 'release-assets', tag: 'v1.0.0' });

    assert.deepEqual({ tag, name, draft }, { tag: 'v1.0.0', name: 'Version 1.0.0', draft: false });
  });

  it('the status of a commit is combined of two', async (t) => {
    const { done } = await recorded(t, 'create-status');
    const ref = '0000000000000000000000000000000000000001';

    const { state, statuses } = await done('get_commit_status', { owner, repo: 'create-status', ref });

    assert.equal(state, 'failure');
    assert.equal(statuses.length, 2);
  });

  it('issues are searched', async (t) => {
    const { done } = await recorded(t, 'search-issues');

    const found = await done('search_issues', { q: 'sesame repo:octokit-fixture-org/search-issues' });

    assert.equal(found.total_count, 2);
    assert.equal(found.issues.length, 2);
  });

  it('notifications are marked as read', async (t) => {
    const { done } = await recorded(t, 'mark-notifications-as-read');

    assert.deepEqual(await done('mark_all_notifications_read', {}), { read: true });
  });
});
