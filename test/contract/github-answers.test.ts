import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { HUB_IDENTITY } from '../../lambdas/hub/hub-identity.ts';
import { githubCaller, TOKEN } from '../support/github/github-under-test.ts';
import { startRecordingServer, type Handler } from '../support/upstreams/recording-server.ts';
import { failure, HUB_ID, resultOf } from '../support/upstreams/upstream-under-test.ts';

const NOW = Date.UTC(2026, 10, 26, 12, 0, 0);
const repository = { owner: 'octokit', repo: 'core.js' };
const issue = { ...repository, title: 'It breaks' };

interface Options {
  readonly now?: () => number;
  readonly silenceMs?: number;
  /** Where the API is on its host, as on a GitHub Enterprise Server. */
  readonly path?: string;
}

async function serving(t: TestContext, handle: Handler, { path = '', ...options }: Options = {}) {
  const server = await startRecordingServer(handle);
  t.after(() => server.close());
  return { server, call: githubCaller(t, server.origin + path, options) };
}

function answer(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
    .end(JSON.stringify(body));
}

async function textOf(call: Promise<unknown>): Promise<string> {
  const { isError, content } = await resultOf(call as ReturnType<ReturnType<typeof githubCaller>>);
  assert.equal(isError, true);
  return JSON.stringify(content);
}

describe('a request', () => {
  it('says who sends it, for which version of the API, and through which hubs', async (t) => {
    const { server, call } = await serving(t, (_request, response) => answer(response, 200, {}));

    await call('get_repository', repository);

    const [request] = server.requests;
    assert.equal(request?.path, '/repos/octokit/core.js');
    const { headers } = request;
    assert.equal(headers['user-agent'], `${HUB_IDENTITY.name}/${HUB_IDENTITY.version}`);
    assert.equal(headers['x-github-api-version'], '2022-11-28');
    assert.match(headers['accept'] ?? '', /application\/vnd\.github/);
    assert.equal(headers['nexus-via'], HUB_ID);
  });

  for (const path of ['/api/v3', '/api/v3/']) {
    it(`goes below the path of an Enterprise Server at ${path}`, async (t) => {
      const { server, call } = await serving(t, (_request, response) => answer(response, 200, {}), { path });

      await call('get_me', {});

      assert.deepEqual(
        server.requests.map((request) => request.path),
        ['/api/v3/user'],
      );
    });
  }

  it('keeps a plus that is searched for', async (t) => {
    const { server, call } = await serving(t, (_request, response) => answer(response, 200, { items: [] }));

    await call('search_code', { q: 'C++ language:cpp' });

    const url = new URL(server.requests[0]?.path ?? '', server.origin);
    assert.equal(url.searchParams.get('q'), 'C++ language:cpp');
  });

  it('that would be too long for an address is not sent', async (t) => {
    const { server, call } = await serving(t, (_request, response) => answer(response, 200, {}));

    const text = await textOf(call('get_file', { ...repository, path: '\u00e9'.repeat(500) }));

    assert.match(text, /too long/);
    assert.deepEqual(server.requests, []);
  });

  it('that cannot be encoded is explained, and leaves nothing in doubt', async (t) => {
    const { server, call } = await serving(t, (_request, response) => response.writeHead(204).end());

    const answered = await call('delete_branch', { ...repository, branch: 'half-\ud83d' });

    assert.match(await textOf(Promise.resolve(answered)), /\\"branch\\" has to be/);
    assert.ok('nothingSent' in answered);
    assert.deepEqual(server.requests, []);
  });

  it('that GitHub explains was sent', async (t) => {
    const { call } = await serving(t, (_request, response) => answer(response, 404, { message: 'Not Found' }));

    const answered = await call('get_repository', repository);

    assert.match(await textOf(Promise.resolve(answered)), /Not Found/);
    assert.ok(!('nothingSent' in answered));
  });
});

describe('an answer of GitHub', () => {
  it('that is no JSON is a failure, after which it is open whether something was done', async (t) => {
    const { call } = await serving(t, (_request, response) => response.writeHead(200).end('<html>'));

    const reading = await failure(call('get_repository', repository), 'upstream_error');
    const writing = await failure(call('create_issue', issue), 'upstream_error');

    assert.equal(reading.details['outcome'], undefined);
    assert.equal(writing.details['outcome'], 'unknown');
  });

  it('that is something else than GitHub documents is a failure, and no empty result', async (t) => {
    const { call } = await serving(t, (_request, response) => answer(response, 200, 'welcome'));

    await failure(call('get_repository', repository), 'upstream_error');
    await failure(call('list_issues', repository), 'upstream_error');
    await failure(call('list_workflow_runs', repository), 'upstream_error');
    const { details } = await failure(call('create_issue', issue), 'upstream_error');

    assert.equal(details['outcome'], 'unknown');
  });

  it('that breaks off leaves open whether something was done', async (t) => {
    const { call } = await serving(t, (_request, response) => {
      response.writeHead(201, { 'content-type': 'application/json', 'content-length': '500' });
      response.write('{"number":1', () => response.destroy());
    });

    const { details } = await failure(call('create_issue', issue), 'upstream_error');

    assert.equal(details['outcome'], 'unknown');
  });

  it('that does not come in the longest silence is too late', async (t) => {
    const { call } = await serving(t, () => undefined, { silenceMs: 50 });

    const { details } = await failure(call('create_issue', issue), 'upstream_timeout');

    assert.equal(details['outcome'], 'unknown');
  });

  it('that is deprecated is nothing to be printed', async (t) => {
    const printed = [t.mock.method(console, 'warn'), t.mock.method(console, 'error')];
    const { call } = await serving(t, (_request, response) => answer(response, 200, {}, { deprecation: 'true' }));

    await call('get_me', {});

    assert.deepEqual(
      printed.map(({ mock }) => mock.callCount()),
      [0, 0],
    );
  });

  it('without content is the end of what was asked for', async (t) => {
    const { call } = await serving(t, (_request, response) => response.writeHead(204).end());

    const { structuredContent } = await resultOf(call('cancel_workflow_run', { ...repository, run_id: 7 }));

    assert.deepEqual(structuredContent, { cancelling: true, ...repository, run_id: 7 });
  });

  it('that is a diff is shown as it is', async (t) => {
    const { server, call } = await serving(t, (_request, response) =>
      response.writeHead(200, { 'content-type': 'application/vnd.github.diff; charset=utf-8' }).end('diff --git a b'),
    );

    const { content } = await resultOf(call('get_pull_request_diff', { ...repository, pull_number: 7 }));

    assert.deepEqual(content, [{ type: 'text', text: 'diff --git a b' }]);
    assert.match(server.requests[0]?.headers['accept'] ?? '', /diff/);
  });
});

describe('a refusal of GitHub', () => {
  const refusals = [
    [
      403,
      { 'x-accepted-github-permissions': 'issues=write' },
      /not accessible \(needs issues=write\); the credential does not allow it/,
    ],
    [404, {}, /refused with 404: not accessible; it does not exist, or the credential has no access to it/],
    [409, {}, /refused with 409/],
    [410, {}, /refused with 410/],
    [422, {}, /refused with 422/],
  ] as const;
  for (const [status, headers, words] of refusals) {
    it(`with ${status} is the error result of the tool, in GitHub's words`, async (t) => {
      const { call } = await serving(t, (_request, response) =>
        answer(response, status, { message: `not accessible` }, headers),
      );

      assert.match(await textOf(call('create_issue', issue)), words);
    });
  }

  it('is shown without the credential that it repeats', async (t) => {
    const { call } = await serving(t, (_request, response) => answer(response, 422, { errors: [`you sent ${TOKEN}`] }));

    assert.match(await textOf(call('create_issue', issue)), /you sent \[redacted\]/);
  });

  const limits = [
    ['its limit per hour', 403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1000 + 1234) }, 1234],
    [
      'its limit per hour, as 429',
      429,
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1000 + 7) },
      7,
    ],
    ['a secondary limit', 403, { 'retry-after': '17', 'x-ratelimit-remaining': '4000' }, 17],
    ['a secondary limit without a time', 403, { 'x-ratelimit-remaining': '4000' }, 60],
  ] as const;
  for (const [name, status, headers, seconds] of limits) {
    it(`for ${name} says to the second when to come back`, async (t) => {
      const words = { message: 'You have exceeded a secondary rate limit' };
      const handle: Handler = (_request, response) => answer(response, status, words, headers);
      const { server, call } = await serving(t, handle, { now: () => NOW });

      const error = await failure(call('create_issue', issue), 'upstream_rate_limited');

      assert.equal(error.retryAfterSeconds, seconds);
      assert.equal(error.details['outcome'], undefined);
      assert.equal(server.requests.length, 1);
    });
  }
});

describe('a redirect of GitHub', () => {
  it('within the API is followed once by what only reads', async (t) => {
    const { server, call } = await serving(
      t,
      (request, response) => {
        const moved = request.url?.startsWith('/api/v3/repos/');
        if (moved) response.writeHead(301, { location: '/api/v3/repositories/7?page=2' }).end();
        else answer(response, 200, { full_name: 'octokit/renamed.js' });
      },
      { path: '/api/v3' },
    );

    const { structuredContent } = await resultOf(call('get_repository', repository));

    assert.deepEqual(structuredContent, { full_name: 'octokit/renamed.js' });
    assert.deepEqual(
      server.requests.map(({ path, headers }) => [path, headers.authorization]),
      [
        ['/api/v3/repos/octokit/core.js', `Bearer ${TOKEN}`],
        ['/api/v3/repositories/7?page=2', `Bearer ${TOKEN}`],
      ],
    );
  });

  it('that leads to another is not followed', async (t) => {
    const { server, call } = await serving(t, (_request, response) =>
      response.writeHead(302, { location: '/repositories/7' }).end(),
    );

    await failure(call('get_repository', repository), 'upstream_redirected');

    assert.equal(server.requests.length, 2);
  });

  for (const location of ['/elsewhere', '//127.0.0.1:1/api/v3/user', 'not a url%', '']) {
    it(`to ${location || 'nowhere'}, outside of the API, is refused`, async (t) => {
      const handle: Handler = (_request, response) => response.writeHead(301, { location }).end();
      const { server, call } = await serving(t, handle, { path: '/api/v3' });

      await failure(call('get_repository', repository), 'upstream_redirected');

      assert.equal(server.requests.length, 1);
    });
  }
});

describe('the log of a job', () => {
  const job = { ...repository, job_id: 7 };
  const lines = Array.from({ length: 1_000 }, (_, i) => `line ${i + 1}`);

  async function withStorage(t: TestContext, store: Handler) {
    const storage = await startRecordingServer(store);
    t.after(() => storage.close());
    const location = `${storage.origin}/log?sig=canary`;
    const { server, call } = await serving(t, (_request, response) => response.writeHead(302, { location }).end());
    return { storage, server, call };
  }

  it('is got from where GitHub keeps it, without the credential', async (t) => {
    const { storage, server, call } = await withStorage(t, (_request, response) =>
      response.end(`${lines.join('\n')}\n`),
    );

    const { structuredContent } = await resultOf(call('get_job_log', { ...job, lines: 2 }));

    assert.deepEqual(structuredContent, { lines: 2, is_whole: false, log: 'line 999\nline 1000' });
    assert.equal(server.requests[0]?.headers.authorization, `Bearer ${TOKEN}`);
    assert.deepEqual(
      storage.requests.map(({ path, headers }) => [path, headers.authorization]),
      [['/log?sig=canary', undefined]],
    );
  });

  it('is read to its end, however long it is', async (t) => {
    const { call } = await withStorage(t, (_request, response) => {
      for (let i = 0; i < 3_000; i++) response.write(`${'x'.repeat(1_000)}\n`);
      response.end('the end');
    });

    const { structuredContent } = await resultOf(call('get_job_log', { ...job, lines: 5_000 }));

    const { log, is_whole } = Object(structuredContent);
    assert.equal(log.length, 100_000);
    assert.ok(log.endsWith('\nthe end'));
    assert.equal(is_whole, false);
  });

  it('of a repository that was renamed is found, too', async (t) => {
    const storage = await startRecordingServer((_request, response) => response.end('the log'));
    t.after(() => storage.close());
    const { server, call } = await serving(t, (request, response) => {
      const wasRenamed = request.url?.startsWith('/repos/');
      response
        .writeHead(wasRenamed ? 301 : 302, { location: wasRenamed ? '/repositories/7/logs' : storage.origin })
        .end();
    });

    const { content } = await resultOf(call('get_job_log', job));

    assert.deepEqual(content, [{ type: 'text', text: 'the log' }]);
    assert.deepEqual(
      [...server.requests, ...storage.requests].map(({ headers }) => headers.authorization),
      [`Bearer ${TOKEN}`, `Bearer ${TOKEN}`, undefined],
    );
  });

  it('that is no longer kept is an error result', async (t) => {
    const { call } = await withStorage(t, (_request, response) => response.writeHead(404).end());

    assert.match(await textOf(call('get_job_log', job)), /no longer kept/);
  });

  it('is not followed further', async (t) => {
    const { storage, call } = await withStorage(t, (_request, response) =>
      response.writeHead(302, { location: '/elsewhere' }).end(),
    );

    await failure(call('get_job_log', job), 'upstream_redirected');

    assert.equal(storage.requests.length, 1);
  });

  it('that its keeper refuses says nothing of the credential', async (t) => {
    const { call } = await withStorage(t, (_request, response) => response.writeHead(403).end());

    const { details } = await failure(call('get_job_log', job), 'upstream_error');

    assert.deepEqual(details, { httpStatus: 403 });
  });

  for (const location of ['http://10.0.0.1/log', 'http://storage.example/log', 'https://169.254.169.254/log']) {
    it(`is not got from ${location}`, async (t) => {
      const { call } = await serving(t, (_request, response) => response.writeHead(302, { location }).end());

      await failure(call('get_job_log', job), 'address_refused');
    });
  }
});
