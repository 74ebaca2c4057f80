import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createResolver } from '../../../local/template/intrinsics.ts';
import { createParameters } from '../../../local/template/parameters.ts';

const resolver = createResolver({
  mappings: { Sizes: { 'us-east-1': { small: '1', list: ['a', 'b'] } } },
  conditions: {
    Yes: { 'Fn::Equals': [{ Ref: 'Stage' }, 'dev'] },
    No: { 'Fn::Not': [{ Condition: 'Yes' }] },
    Both: { 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] },
    Either: { 'Fn::Or': [{ Condition: 'Yes' }, { Condition: 'No' }] },
    Loop: { 'Fn::Not': [{ Condition: 'Loop' }] },
  },
  parameters: createParameters(
    {
      Stage: { Type: 'String', Default: 'dev' },
      Ports: { Type: 'CommaDelimitedList', Default: '80, 443' },
      Bootstrap: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap' },
      Url: { Type: 'String' },
    },
    {},
  ),
  pseudoParameters: { 'AWS::Region': 'us-east-1' },
  resources: { ref: (id) => `ref:${id}`, attribute: (id, name) => `attribute:${id}:${name}` },
});

const resolved: readonly (readonly [string, unknown, unknown])[] = [
  ['a literal', { a: [1, true, 'x', null] }, { a: [1, true, 'x', null] }],
  ['Ref of a pseudo parameter', { Ref: 'AWS::Region' }, 'us-east-1'],
  ['Ref of a parameter', { Ref: 'Stage' }, 'dev'],
  ['Ref of a list parameter', { Ref: 'Ports' }, ['80', '443']],
  ['Ref of a resource', { Ref: 'Table' }, 'ref:Table'],
  ['Fn::GetAtt as list', { 'Fn::GetAtt': ['Table', 'Arn'] }, 'attribute:Table:Arn'],
  ['Fn::GetAtt as text', { 'Fn::GetAtt': 'Table.Stream.Arn' }, 'attribute:Table:Stream.Arn'],
  ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'Stage' }]] }, 'a-dev'],
  ['Fn::Join of a computed list', { 'Fn::Join': ['+', { Ref: 'Ports' }] }, '80+443'],
  ['Fn::Sub', { 'Fn::Sub': '${AWS::Region}/${Table}/${Table.Arn}' }, 'us-east-1/ref:Table/attribute:Table:Arn'],
  ['Fn::Sub with variables', { 'Fn::Sub': ['${x}/${Stage}', { x: { Ref: 'Stage' } }] }, 'dev/dev'],
  ['Fn::Sub of an escaped variable', { 'Fn::Sub': '${!Literal}' }, '${Literal}'],
  ['Fn::Select of Fn::Split', { 'Fn::Select': ['2', { 'Fn::Split': ['/', 'a/b/c'] }] }, 'c'],
  ['Fn::FindInMap', { 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, 'small'] }, '1'],
  ['Fn::If, condition holds', { 'Fn::If': ['Yes', 'then', { Ref: 'AWS::Unknown' }] }, 'then'],
  ['Fn::If, condition does not hold', { 'Fn::If': ['No', { Ref: 'AWS::Unknown' }, 'else'] }, 'else'],
  ['Fn::And', { 'Fn::If': ['Both', 'then', 'else'] }, 'else'],
  ['Fn::Or', { 'Fn::If': ['Either', 'then', 'else'] }, 'then'],
  ['AWS::NoValue as property', { a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
  ['AWS::NoValue as element', ['a', { 'Fn::If': ['No', 'b', { Ref: 'AWS::NoValue' }] }], ['a']],
  ["a policy's Condition element", { Condition: { Bool: { a: 'true' } } }, { Condition: { Bool: { a: 'true' } } }],
];
for (const [name, value, expected] of resolved) {
  test(`${name} resolves`, () => {
    assert.deepEqual(resolver.resolve(value, 'Here'), expected);
  });
}

const refused: readonly (readonly [string, unknown, RegExp])[] = [
  ['an unknown function', { a: { 'Fn::ImportValue': 'x' } }, /Here\.a: Fn::ImportValue is not supported/],
  ['an unknown pseudo parameter', { Ref: 'AWS::NotificationARNs' }, /AWS::NotificationARNs/],
  ['a parameter without a value', { Ref: 'Url' }, /parameter Url has no default/],
  ['a parameter that lives in an account', { Ref: 'Bootstrap' }, /parameter Bootstrap has type AWS::SSM/],
  ['a missing element', { 'Fn::Select': [3, ['a']] }, /Here: Fn::Select has no such element/],
  [
    'a missing map value',
    { 'Fn::FindInMap': ['Sizes', 'eu-west-1', 'small'] },
    /mapping Sizes has no value for eu-west-1/,
  ],
  ['a condition that depends on itself', { 'Fn::If': ['Loop', 1, 2] }, /condition Loop depends on itself/],
  ['an unknown condition', { 'Fn::If': ['Nope', 1, 2] }, /no condition Nope/],
  ['text where a list belongs', { 'Fn::Join': ['-', 'ab'] }, /Here: expected a list/],
];
for (const [name, value, message] of refused) {
  test(`${name} is refused`, () => {
    assert.throws(() => resolver.resolve(value, 'Here'), message);
  });
}

test('a value for a parameter that the template does not declare is refused', () => {
  assert.throws(
    () => createParameters({ Stage: { Type: 'String' } }, { Stgae: 'dev' }),
    /no parameter Stgae; it has: Stage/,
  );
});

test('a value that the parameter does not allow is refused', () => {
  const parameters = createParameters({ Stage: { Type: 'String', AllowedValues: ['dev', 'prod'] } }, { Stage: 'test' });

  assert.throws(() => parameters.value('Stage'), /Stage must be one of: dev, prod/);
});
