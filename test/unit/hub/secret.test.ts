import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { Secret } from '../../../lambdas/hub/secret.ts';

const CANARY = 'canary-7f3a9c';

describe('a secret', () => {
  const ways: [string, (secret: Secret<unknown>) => string][] = [
    ['JSON', (secret) => JSON.stringify({ secret })],
    ['a template string', (secret) => `${secret}`],
    ['inspect', (secret) => inspect({ deep: { secret } }, { depth: 9, showHidden: true })],
    ['an error message', (secret) => new Error(String(secret)).message],
    ['its own keys', (secret) => Object.entries(secret).join()],
  ];
  for (const [way, show] of ways) {
    it(`does not show in ${way}`, () => assert.ok(!show(new Secret({ token: CANARY })).includes(CANARY)));
  }

  it('is given out by reveal', () => assert.equal(new Secret(CANARY).reveal(), CANARY));
});
