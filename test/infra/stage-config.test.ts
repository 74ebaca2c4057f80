import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseStageConfig } from '../../lib/stage-config.ts';
import { stageFromContext } from '../../lib/stage-from-context.ts';

const stage = (context: Readonly<Record<string, string>>) => stageFromContext((key) => context[key]);

describe('a contradiction is refused by the name of its knob', () => {
  const issuer = 'https://id.example.com';
  const contradictions: readonly (readonly [string, unknown, RegExp])[] = [
    ['loopback outside the local stage', { name: 'dev', egress: { allowLoopback: true } }, /egress\.allowLoopback/],
    ['the local issuer outside the local stage', { name: 'dev', identity: { kind: 'local' } }, /identity\.kind/],
    ['a local stage with another issuer', { name: 'local' }, /identity\.kind/],
    [
      'an issuer without audience or client',
      { name: 'dev', identity: { kind: 'oidc', issuer } },
      /identity\.audiences/,
    ],
    ['a prod that loses its data', { name: 'prod', data: { retain: false } }, /data\.retain/],
    ['a burst below the rate', { name: 'dev', api: { throttle: { rate: 10, burst: 5 } } }, /api\.throttle\.burst/],
    ['every origin outside the local stage', { name: 'dev', api: { corsOrigin: '*' } }, /api\.corsOrigin/],
    ['an origin with a path', { name: 'dev', api: { corsOrigin: 'https://a.example/x' } }, /api\.corsOrigin/],
    ['a public URL with a path', { name: 'dev', publicUrl: 'https://a.example/x' }, /publicUrl/],
    ['a retention that CloudWatch lacks', { name: 'dev', logRetentionDays: 31 }, /logRetentionDays/],
    ['a knob that does not exist', { name: 'dev', throtle: {} }, /throtle/],
    [
      'an unsigned algorithm',
      { name: 'dev', identity: { kind: 'oidc', issuer, audiences: ['a'], algorithms: ['none'] } },
      /identity\.algorithms/,
    ],
    [
      'a symmetric algorithm',
      { name: 'dev', identity: { kind: 'oidc', issuer, audiences: ['a'], algorithms: ['HS256'] } },
      /identity\.algorithms/,
    ],
  ];
  for (const [name, input, knob] of contradictions) {
    it(name, () => assert.throws(() => parseStageConfig(input), knob));
  }
});

describe('a stage is chosen by context', () => {
  it('dev is the default', () => assert.equal(stage({}).name, 'dev'));

  it('an unknown stage is refused with the names of the known', () => {
    assert.throws(() => stage({ stage: 'production' }), /use one of local, dev, prod/);
  });

  it('an issuer from context replaces Cognito', () => {
    const { identity } = stage({ oidcIssuer: 'https://id.example.com', oidcAudience: 'one, two' });

    assert.equal(identity.kind, 'oidc');
    assert.deepEqual(identity.kind === 'oidc' && identity.audiences, ['one', 'two']);
  });

  it('an audience without an issuer is refused', () => {
    assert.throws(() => stage({ oidcAudience: 'one' }), /audiences set without oidcIssuer/);
  });

  it('the local stage alone allows loopback', () => {
    const allowed = ['local', 'dev', 'prod'].filter((name) => stage({ stage: name }).egress.allowLoopback);

    assert.deepEqual(allowed, ['local']);
  });
});
