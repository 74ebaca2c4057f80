import { createRestUpstream } from '../../lambdas/adapters/upstreams/rest/rest-upstream.ts';
import { BRAVE } from '../../lambdas/hub/system/brave.ts';
import { egressFor } from '../support/egress.ts';
import { startBraveApi } from '../support/upstreams/brave/brave-api.ts';
import { MISBEHAVIOURS } from '../support/upstreams/misbehaving-api.ts';
import { CREDENTIAL, toolsUpstreamContract } from '../support/upstreams/tools-upstream-contract.ts';
import { callOf, HUB_ID, secretOf, targetOf } from '../support/upstreams/upstream-under-test.ts';

toolsUpstreamContract('the REST upstream, on the API of Brave Search', {
  misbehaviours: MISBEHAVIOURS,
  start: async (t) => {
    const server = await startBraveApi(t, CREDENTIAL);
    const credential = { type: 'header', name: 'X-Subscription-Token', value: CREDENTIAL } as const;
    return {
      upstream: createRestUpstream({ egress: egressFor(t), hubId: HUB_ID, now: Date.now, servers: [BRAVE] }),
      server,
      target: targetOf(server.origin, {
        slug: 'brave',
        adapter: 'rest',
        secret: secretOf(server.origin, { credential }),
      }),
      call: callOf('web_search', { q: 'trees' }),
      wrongCall: callOf('web_search', { q: 'trees', count: 21 }),
      effect: undefined,
    };
  },
});
