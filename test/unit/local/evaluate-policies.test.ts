import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertPoliciesSupported, type Decision, evaluatePolicies } from '../../../local/iam/evaluate-policies.ts';
import { requestContext } from '../../../local/iam/request-context.ts';
import type { PolicyStatement } from '../../../local/template/stack-model.ts';

const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/Registry';
const CONTEXT = requestContext({
  'dynamodb:LeadingKeys': ['TENANT#a', 'TENANT#b'],
  'dynamodb:Select': 'COUNT',
  'kms:EncryptionContext:app': 'nexus-hub',
  'kms:EncryptionContext:v': '2',
  'kms:EncryptionContextKeys': ['app', 'v'],
  'aws:PrincipalArn': 'arn:aws:iam::000000000000:role/Browse',
  'aws:SecureTransport': 'true',
});

const allow: PolicyStatement = { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: TABLE };
const deny: PolicyStatement = { ...allow, Effect: 'Deny' };

const decide = (...Statement: PolicyStatement[]): Decision =>
  evaluatePolicies([{ Statement }], { action: 'dynamodb:GetItem', resource: TABLE, context: CONTEXT });

const decisions: readonly (readonly [string, readonly PolicyStatement[], Decision])[] = [
  ['no statement', [], 'implicitly_denied'],
  ['a matching allow', [allow], 'allowed'],
  ['an explicit deny beside an allow', [allow, deny], 'explicitly_denied'],
  ['an action of another case', [{ ...allow, Action: 'DynamoDB:getitem' }], 'allowed'],
  ['an action wildcard', [{ ...allow, Action: ['kms:*', 'dynamodb:Get*'] }], 'allowed'],
  ['a one-character wildcard', [{ ...allow, Action: 'dynamodb:?etItem' }], 'allowed'],
  ['a longer action', [{ ...allow, Action: 'dynamodb:GetItems' }], 'implicitly_denied'],
  ['a dot, which is no wildcard', [{ ...allow, Action: 'dynamodb.GetItem' }], 'implicitly_denied'],
  ['NotAction of another action', [{ Effect: 'Allow', NotAction: 'kms:*', Resource: '*' }], 'allowed'],
  ['NotAction of this action', [{ Effect: 'Allow', NotAction: 'dynamodb:*', Resource: '*' }], 'implicitly_denied'],
  ['a resource wildcard', [{ ...allow, Resource: `${TABLE}*` }], 'allowed'],
  ['an index of the table', [{ ...allow, Resource: `${TABLE}/index/*` }], 'implicitly_denied'],
  ['a resource of another case', [{ ...allow, Resource: TABLE.replace('Reg', 'reg') }], 'implicitly_denied'],
  ['NotResource of another resource', [{ Effect: 'Allow', Action: '*', NotResource: `${TABLE}s` }], 'allowed'],
  ['NotResource of this resource', [{ Effect: 'Allow', Action: '*', NotResource: TABLE }], 'implicitly_denied'],
];
for (const [name, statements, decision] of decisions) {
  test(`${name}: ${decision}`, () => {
    assert.equal(decide(...statements), decision);
  });
}

type Condition = NonNullable<PolicyStatement['Condition']>;
const APP = 'kms:EncryptionContext:app';
const V = 'kms:EncryptionContext:v';
const ABSENT = 'kms:EncryptionContext:tenantId';
const KEYS = 'kms:EncryptionContextKeys';
const LEADING = 'dynamodb:LeadingKeys';

const conditions: readonly (readonly [Condition, boolean])[] = [
  [{ StringEquals: { [APP]: 'nexus-hub' } }, true],
  [{ StringEquals: { [APP.toUpperCase()]: 'nexus-hub' } }, true],
  [{ StringEquals: { [APP]: 'NEXUS-HUB' } }, false],
  [{ StringEquals: { [APP]: ['other', 'nexus-hub'] } }, true],
  [{ StringEquals: { [APP]: 'nexus-hub', [V]: '1' } }, false],
  [{ StringEquals: { [APP]: 'nexus-hub' }, Bool: { 'aws:SecureTransport': 'false' } }, false],
  [{ StringEquals: { [ABSENT]: 'x' } }, false],
  [{ StringEqualsIfExists: { [ABSENT]: 'x' } }, true],
  [{ StringEqualsIfExists: { [APP]: 'x' } }, false],
  [{ StringEqualsIgnoreCase: { [APP]: 'NEXUS-HUB' } }, true],
  [{ StringNotEquals: { [APP]: 'other' } }, true],
  [{ StringNotEquals: { [APP]: ['other', 'nexus-hub'] } }, false],
  [{ StringNotEquals: { [ABSENT]: 'x' } }, true],
  [{ StringNotEqualsIgnoreCase: { [APP]: 'NEXUS-HUB' } }, false],
  [{ StringLike: { [APP]: 'nexus-*' } }, true],
  [{ StringNotLike: { [APP]: 'nexus-*' } }, false],
  [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/B*' } }, true],
  [{ ArnLike: { 'aws:PrincipalArn': 'arn:*:role/Browse' } }, false],
  [{ ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::000000000000:role/Browse' } }, true],
  [{ ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/B*' } }, false],
  [{ Bool: { 'aws:SecureTransport': true } }, true],
  [{ Null: { [ABSENT]: 'true' } }, true],
  [{ Null: { [ABSENT]: 'false' } }, false],
  [{ Null: { [APP]: false } }, true],
  [{ NumericEquals: { [V]: 2 } }, true],
  [{ NumericNotEquals: { [V]: '2' } }, false],
  [{ NumericLessThan: { [V]: '10' } }, true],
  [{ NumericLessThanEquals: { [V]: '2' } }, true],
  [{ NumericGreaterThan: { [V]: '2' } }, false],
  [{ NumericGreaterThanEquals: { [V]: '2' } }, true],
  [{ 'ForAllValues:StringEquals': { [KEYS]: ['app', 'stage', 'v'] } }, true],
  [{ 'ForAllValues:StringEquals': { [KEYS]: ['app'] } }, false],
  [{ 'ForAllValues:StringEquals': { [ABSENT]: ['app'] } }, true],
  [{ 'ForAnyValue:StringEquals': { [KEYS]: ['v', 'stage'] } }, true],
  [{ 'ForAnyValue:StringEquals': { [KEYS]: ['stage'] } }, false],
  [{ 'ForAnyValue:StringEquals': { [ABSENT]: ['x'] } }, false],
  [{ 'ForAnyValue:StringNotEquals': { [KEYS]: ['app'] } }, true],
  [{ 'ForAllValues:StringNotEquals': { [KEYS]: ['app'] } }, false],
  [{ 'ForAllValues:StringLike': { [LEADING]: ['TENANT#*'] } }, true],
  [{ 'ForAllValues:StringEquals': { [LEADING]: ['TENANT#a'] } }, false],
];
for (const [condition, expected] of conditions) {
  test(`${JSON.stringify(condition)} is ${expected}`, () => {
    assert.equal(decide({ ...allow, Condition: condition }), expected ? 'allowed' : 'implicitly_denied');
  });
}

const unsupported: readonly (readonly [string, PolicyStatement, RegExp])[] = [
  [
    'an unknown operator',
    { ...allow, Condition: { DateLessThan: { 'aws:CurrentTime': 'x' } } },
    /operator DateLessThan/,
  ],
  [
    'an unknown key',
    { ...allow, Condition: { StringEquals: { 'aws:SourceVpce': 'x' } } },
    /key aws:SourceVpce has no value/,
  ],
  [
    'a policy variable in a condition',
    { ...allow, Condition: { StringEquals: { [APP]: '${aws:PrincipalTag/tenant}' } } },
    /policy variables are not evaluated/,
  ],
  [
    'a policy variable in a resource',
    { ...allow, Resource: 'arn:${aws:username}' },
    /policy variables are not evaluated/,
  ],
  ['a statement without an action', { Effect: 'Allow', Resource: '*' }, /either Action or NotAction/],
  ['a statement without a resource', { Effect: 'Allow', Action: '*' }, /either Resource or NotResource/],
];
for (const [name, statement, message] of unsupported) {
  test(`${name} is refused at start, with its owner`, () => {
    assert.throws(() => assertPoliciesSupported('BrowseRole', [{ Statement: [statement] }]), message);
    assert.throws(
      () => assertPoliciesSupported('BrowseRole', [{ Statement: [statement] }]),
      /^UnsupportedPolicyError: BrowseRole/,
    );
  });
}

test('a key with several values needs a set operator', () => {
  const condition = { StringEquals: { [KEYS]: 'app' } };

  assert.throws(() => decide({ ...allow, Condition: condition }), /use ForAllValues or ForAnyValue/);
});
