import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { endpointOf } from '../../../lambdas/adapters/upstreams/browser/endpoint.ts';
import { HubError } from '../../../lambdas/hub/hub-error.ts';
import type { EgressPolicy } from '../../../lambdas/adapters/egress/parse-upstream-url.ts';
import { browserTargetOf } from '../../support/browser/browser-under-test.ts';
import { egressError, egressFor, publicOnly, withLoopback } from '../../support/egress.ts';
import { secretOf, targetOf } from '../../support/upstreams/upstream-under-test.ts';

describe('the endpoint of a browser', () => {
  const accepted = [
    ['wss://b.acme.dev/?token=a%20b&x', 'https://b.acme.dev/?token=a%20b&x', 'playwright'],
    ['wss://b.acme.dev/devtools/browser/1', 'https://b.acme.dev/devtools/browser/1', 'cdp'],
    ['wss://b.acme.dev/?token=a&nexus-protocol=cdp', 'https://b.acme.dev/?token=a', 'cdp'],
    ['wss://b.acme.dev/devtools/x?nexus-protocol=playwright', 'https://b.acme.dev/devtools/x', 'playwright'],
  ] as const;

  for (const [raw, href, protocol] of accepted) {
    it(`${raw} is ${protocol} at ${href}`, (t) => {
      const endpoint = endpointAt(t, raw);

      assert.deepEqual({ href: endpoint.url.href, protocol: endpoint.protocol }, { href, protocol });
    });
  }

  const refused = [
    ['ws://b.acme.dev/', 'SCHEME'],
    ['https://b.acme.dev/', 'SCHEME'],
    ['wss://127.0.0.1/', 'IP_NOT_PUBLIC'],
    ['wss://b.acme.dev:3000/', 'PORT'],
    ['wss://user:pass@b.acme.dev/', 'USERINFO'],
    ['wss://hub.acme.dev/', 'OWN_ORIGIN'],
    ['wss://browser.internal/', 'HOST'],
  ] as const;

  for (const [raw, code] of refused) {
    it(`${raw} is refused: ${code}`, (t) => {
      assert.throws(() => endpointAt(t, raw), egressError(code));
    });
  }

  it('is on this machine where the policy allows it', (t) => {
    const { url } = endpointAt(t, 'ws://127.0.0.1:3000/abc', withLoopback);

    assert.equal(url.href, 'http://127.0.0.1:3000/abc');
  });

  it('is missing until an administrator set one', (t) => {
    assert.throws(() => endpointOf(targetOf('', { adapter: 'browser' }), egressFor(t)), isCredentialRequired);
  });

  it('is no token for another server', (t) => {
    const secret = secretOf('https://b.acme.dev', { credential: { type: 'bearer', token: 'abc' } });

    assert.throws(() => endpointOf(targetOf('', { secret }), egressFor(t)), isCredentialRequired);
  });
});

function endpointAt(t: TestContext, raw: string, policy: EgressPolicy = publicOnly) {
  return endpointOf(browserTargetOf(raw), egressFor(t, policy));
}

function isCredentialRequired(error: unknown): boolean {
  return error instanceof HubError && error.code === 'credential_required';
}
