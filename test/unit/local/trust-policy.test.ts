import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trustsService } from '../../../local/iam/trust-policy.ts';
import type { PolicyStatement } from '../../../local/template/stack-model.ts';

const LAMBDA = { Service: 'lambda.amazonaws.com' };

const allow = (Principal: unknown, Action: string | string[] = 'sts:AssumeRole'): PolicyStatement => ({
  Effect: 'Allow',
  Principal,
  Action,
});

const trusted: readonly [what: string, statements: PolicyStatement[]][] = [
  ['the service', [allow(LAMBDA)]],
  ['one of several services', [allow({ Service: ['ec2.amazonaws.com', 'lambda.amazonaws.com'] })]],
  ['the service for one of several actions', [allow(LAMBDA, ['sts:TagSession', 'sts:AssumeRole'])]],
  ['the service for every action', [allow(LAMBDA, 'sts:*')]],
];

for (const [what, Statement] of trusted) {
  test(`a trust policy that names ${what} is trust`, () => {
    assert.equal(trustsService({ Statement }, 'lambda.amazonaws.com'), true);
  });
}

const untrusted: readonly [what: string, statements: PolicyStatement[]][] = [
  ['nobody', []],
  ['another service', [allow({ Service: 'ec2.amazonaws.com' })]],
  ['an account', [allow({ AWS: 'arn:aws:iam::000000000000:root' })]],
  ['another action', [allow(LAMBDA, 'sts:TagSession')]],
  ['the service in a denial too', [allow(LAMBDA), { ...allow(LAMBDA), Effect: 'Deny' }]],
];

for (const [what, Statement] of untrusted) {
  test(`a trust policy that names ${what} is no trust`, () => {
    assert.equal(trustsService({ Statement }, 'lambda.amazonaws.com'), false);
  });
}

test('a condition that has no value locally is refused instead of guessed', () => {
  const Statement = [{ ...allow(LAMBDA), Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:lambda:*' } } }];

  assert.throws(() => trustsService({ Statement }, 'lambda.amazonaws.com'), /aws:SourceArn has no value locally/);
});
