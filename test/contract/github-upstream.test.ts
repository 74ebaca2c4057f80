import { githubFor, githubTarget } from '../support/github/github-under-test.ts';
import { MISBEHAVIOURS, startMisbehavingApi } from '../support/upstreams/misbehaving-api.ts';
import { CREDENTIAL, toolsUpstreamContract } from '../support/upstreams/tools-upstream-contract.ts';
import { callOf } from '../support/upstreams/upstream-under-test.ts';

const repository = { owner: 'octokit', repo: 'core.js' };

toolsUpstreamContract('the upstream that speaks to GitHub', {
  misbehaviours: MISBEHAVIOURS,
  start: async (t) => {
    const server = await startMisbehavingApi((_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"full_name":"octokit/core.js","number":7}'),
    );
    t.after(() => server.close());
    return {
      upstream: githubFor(t),
      server,
      target: githubTarget(server.origin, CREDENTIAL),
      call: callOf('get_repository', repository),
      wrongCall: callOf('get_repository', { ...repository, owner: '..' }),
      effect: callOf('create_issue', { ...repository, title: 'It breaks' }),
    };
  },
});
