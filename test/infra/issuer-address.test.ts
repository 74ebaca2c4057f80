import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EgressError } from '../../lambdas/adapters/egress/egress-error.ts';
import { parseUpstreamUrl } from '../../lambdas/adapters/egress/parse-upstream-url.ts';
import { PRIVATE_SUFFIXES } from '../../lambdas/contract.ts';
import { parseStageConfig } from '../../lib/stage-config.ts';

const egress = { ports: [443, 8443] };
const KNOBS = ['issuer', 'jwksUri'] as const;

describe('an issuer that the egress guard can never reach is refused by the name of its knob', () => {
  const unreachable: readonly (readonly [string, string])[] = [
    ['http://id.example.com/', 'must be an https URL'],
    ['https://id.example.com:9443/realm', 'port 9443 is closed to the hub: open it in egress.ports'],
    ['https://keycloak/realm', 'keycloak is no public DNS name'],
    ['https://id.example.com./', 'id.example.com. is no public DNS name'],
    ['https://id_1.example.com/', 'id_1.example.com is no public DNS name'],
    ['https://-id.example.com/', '-id.example.com is no public DNS name'],
    ['https://127.0.0.1/', '127.0.0.1 is no public DNS name'],
    ['https://8.8.8.8/', '8.8.8.8 is no public DNS name'],
    ['https://0x7f.1/', '127.0.0.1 is no public DNS name'],
    ['https://[2606:4700::1111]/', '[2606:4700::1111] is no public DNS name'],
    ...PRIVATE_SUFFIXES.map(
      (suffix) => [`https://id.acme.${suffix}/`, `id.acme.${suffix} is no public DNS name`] as const,
    ),
  ];
  for (const [address, reason] of unreachable) {
    it(address, () => {
      assert.throws(() => guarded(address), EgressError);
      for (const knob of KNOBS) {
        assert.throws(
          () => configured({ [knob]: address }),
          ({ message }: Error) => message.includes(reason) && message.includes(`at identity.${knob}`),
        );
      }
    });
  }
});

describe('an issuer that the egress guard may reach is accepted', () => {
  const reachable = [
    'https://id.example.com',
    'https://ID.example.com:8443/realms/a',
    'https://bücher.example.org/.well-known/jwks.json?b',
    'https://a.b-c.d1.example.co/',
  ];
  for (const address of reachable) {
    it(address, () => {
      assert.ok(guarded(address));
      for (const knob of KNOBS) assert.ok(configured({ [knob]: address }));
    });
  }
});

function guarded(address: string): URL {
  return parseUpstreamUrl(address, { ...egress, allowLoopback: false, ownOrigins: [] });
}

function configured(addresses: Partial<Record<(typeof KNOBS)[number], string>>) {
  const identity = { kind: 'oidc', issuer: 'https://id.example.com', audiences: ['a'], ...addresses };
  return parseStageConfig({ name: 'dev', identity, egress });
}
