import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createNegotiatedEras } from '../../../lambdas/adapters/upstreams/mcp/negotiated-eras.ts';
import { targetOf } from '../../support/upstreams/upstream-under-test.ts';

const MODERN = { era: 'modern', transport: 'streamable-http', discover: {} } as const;

it('of five hundred and one servers the one that was used least lately is forgotten', () => {
  const eras = createNegotiatedEras();
  const targets = Array.from({ length: 501 }, (_, index) => targetOf('https://x.example', { serverId: `s${index}` }));

  for (const target of targets) eras.note(target, MODERN);

  const forgotten = targets.filter((target) => eras.recall(target) === undefined);
  assert.deepEqual(forgotten, targets.slice(0, 1));
});
