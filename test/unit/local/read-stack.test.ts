import assert from 'node:assert/strict';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readStack } from '../../../local/template/read-stack.ts';
import type { StackModel } from '../../../local/template/stack-model.ts';
import { loadIdentity } from '../../../local/template/state.ts';
import { SMALLEST_TEMPLATE, type TemplateFixture, writeCloudAssembly } from '../../support/cloud-assembly.ts';

function read(template: TemplateFixture, parameters: Readonly<Record<string, string>> = {}): StackModel {
  const { directory, remove } = writeCloudAssembly(template);
  try {
    const identity = loadIdentity({ assemblyDirectory: directory, dataDirectory: join(directory, 'data') });
    return readStack({ assemblyDirectory: directory, parameters, identity });
  } finally {
    remove();
  }
}

const withResources = (resources: TemplateFixture['Resources']): TemplateFixture => ({
  ...SMALLEST_TEMPLATE,
  Resources: { ...SMALLEST_TEMPLATE.Resources, ...resources },
});

const TABLE = {
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  BillingMode: 'PAY_PER_REQUEST',
};
const ROOT_POLICY = { Statement: [{ Effect: 'Allow', Principal: { AWS: 'x' }, Action: 'kms:*', Resource: '*' }] };

test('the smallest stack has its function, its route and its stage', () => {
  const stack = read(SMALLEST_TEMPLATE);

  const [fn] = stack.functions;
  assert.equal(stack.stackName, 'Fixture');
  assert.equal(fn?.timeoutSeconds, 3);
  assert.equal(fn?.logGroupName, `/aws/lambda/${fn?.functionName}`);
  assert.match(fn?.codeDirectory ?? '', /asset\.code$/);
  assert.equal(stack.api.stageName, 'v1');
  assert.equal(stack.api.throttle, undefined);
  assert.deepEqual(stack.api.routes, [
    {
      httpMethod: 'GET',
      path: '/health',
      authorizer: undefined,
      integration: { type: 'lambda', functionArn: fn?.arn, responseTransferMode: 'BUFFERED', timeoutMs: 29_000 },
    },
  ]);
});

test('a table knows its key, its expiry and how to be created', () => {
  const stack = read(
    withResources({
      Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: ROOT_POLICY, EnableKeyRotation: true } },
      Table: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          ...TABLE,
          TableName: { 'Fn::Join': ['-', ['jobs', { Ref: 'AWS::Region' }]] },
          TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
          SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: { Ref: 'Key' } },
        },
      },
    }),
  );

  assert.deepEqual(stack.tables, [
    {
      logicalId: 'Table',
      tableName: 'jobs-us-east-1',
      arn: 'arn:aws:dynamodb:us-east-1:000000000000:table/jobs-us-east-1',
      createTable: { ...TABLE, TableName: 'jobs-us-east-1' },
      ttlAttribute: 'expiresAt',
      encryptionKeyArn: stack.keys[0]?.arn,
    },
  ]);
});

test('a role has its inline, attached and AWS managed policies', () => {
  const statement = (action: string) => ({ Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] });
  const stack = read(
    withResources({
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          ...SMALLEST_TEMPLATE.Resources.Role.Properties,
          Policies: [{ PolicyName: 'inline', PolicyDocument: statement('a:Inline') }],
          ManagedPolicyArns: [
            { 'Fn::Sub': 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole' },
            { Ref: 'Managed' },
          ],
        },
      },
      Managed: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: statement('a:Managed') } },
      Attached: {
        Type: 'AWS::IAM::Policy',
        Properties: { PolicyName: 'p', PolicyDocument: statement('a:Attached'), Roles: [{ Ref: 'Role' }] },
      },
      Other: {
        Type: 'AWS::IAM::Policy',
        Properties: { PolicyName: 'q', PolicyDocument: statement('a:Other'), Roles: ['someone-else'] },
      },
    }),
  );

  const actions = stack.functions[0]?.role.policies.flatMap(({ Statement }) =>
    Statement.flatMap(({ Action }) => Action),
  );
  assert.deepEqual(actions, [
    'a:Inline',
    'logs:CreateLogGroup',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    'a:Managed',
    'a:Attached',
  ]);
});

test('a function knows the log group that it is given', () => {
  const stack = read(
    withResources({
      ...changed('Function', { LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: 'Log' } } }),
      Log: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: 'hub-log', RetentionInDays: 1 } },
    }),
  );

  assert.equal(stack.functions[0]?.logGroupName, 'hub-log');
});

test('routes know their authorizer, their streaming and their preflight answer', () => {
  const method = (properties: Readonly<Record<string, unknown>>) => ({
    Type: 'AWS::ApiGateway::Method',
    Properties: { RestApiId: { Ref: 'Api' }, ResourceId: { Ref: 'Item' }, AuthorizationType: 'NONE', ...properties },
  });
  const stack = read(
    withResources({
      Item: {
        Type: 'AWS::ApiGateway::Resource',
        Properties: { RestApiId: { Ref: 'Api' }, ParentId: { Ref: 'Health' }, PathPart: '{id}' },
      },
      Authorizer: {
        Type: 'AWS::ApiGateway::Authorizer',
        Properties: {
          RestApiId: { Ref: 'Api' },
          Name: 'a',
          Type: 'REQUEST',
          IdentitySource: 'method.request.header.Authorization',
          AuthorizerResultTtlInSeconds: 60,
          AuthorizerUri: SMALLEST_TEMPLATE.Resources.HealthGet.Properties.Integration.Uri,
        },
      },
      Stream: method({
        HttpMethod: 'POST',
        AuthorizationType: 'CUSTOM',
        AuthorizerId: { Ref: 'Authorizer' },
        Integration: {
          Type: 'AWS_PROXY',
          Uri: {
            'Fn::Sub':
              'arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/${Function.Arn}/response-streaming-invocations',
          },
          ResponseTransferMode: 'STREAM',
        },
      }),
      Preflight: method({
        HttpMethod: 'OPTIONS',
        Integration: {
          Type: 'MOCK',
          RequestTemplates: { 'application/json': '{ statusCode: 204 }' },
          IntegrationResponses: [
            { StatusCode: '204', ResponseParameters: { 'method.response.header.Vary': "'Origin'" } },
          ],
        },
      }),
    }),
  );

  const [fn] = stack.functions;
  const [, stream, preflight] = stack.api.routes;
  assert.deepEqual(stream, {
    httpMethod: 'POST',
    path: '/health/{id}',
    authorizer: {
      logicalId: 'Authorizer',
      functionArn: fn?.arn,
      identitySources: ['method.request.header.Authorization'],
      resultTtlSeconds: 60,
    },
    integration: { type: 'lambda', functionArn: fn?.arn, responseTransferMode: 'STREAM', timeoutMs: 29_000 },
  });
  assert.deepEqual(preflight?.integration, { type: 'mock', statusCode: 204, headers: { Vary: 'Origin' } });
});

test('what is just within the limits of AWS is read', () => {
  const stack = read(
    withResources({
      ...integrationOf({ TimeoutInMillis: '29000' }),
      ...changed('Function', { Timeout: '900', MemorySize: 10_240 }),
      ...authorizerWith({ AuthorizerResultTtlInSeconds: 0 }),
      ...validatorWith({ ValidateRequestBody: false, ValidateRequestParameters: 'false' }),
    }),
  );

  const [fn] = stack.functions;
  assert.deepEqual([fn?.timeoutSeconds, fn?.memoryMb], [900, 10_240]);
});

test('the stage knows the throttle of its methods', () => {
  const throttle = { ThrottlingRateLimit: 50, ThrottlingBurstLimit: '100' };
  const stack = read(
    withResources(changed('Stage', { MethodSettings: [{ HttpMethod: '*', ResourcePath: '/*', ...throttle }] })),
  );

  assert.deepEqual(stack.api.throttle, { rate: 50, burst: 100 });
});

test('a resource whose condition does not hold does not exist', () => {
  const stack = read({
    ...withResources({ Table: { Type: 'AWS::DynamoDB::Table', Condition: 'Never', Properties: TABLE } }),
    Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
  });

  assert.deepEqual(stack.tables, []);
});

test('an output shows its resolved value', () => {
  const template = {
    ...SMALLEST_TEMPLATE,
    Parameters: { PublicUrl: { Type: 'String' } },
    Outputs: { Url: { Value: { 'Fn::Join': ['', [{ Ref: 'PublicUrl' }, '/v1']] } } },
  };

  assert.deepEqual(read(template, { PublicUrl: 'http://127.0.0.1:1' }).outputs, { Url: 'http://127.0.0.1:1/v1' });
});

/** A resource of the smallest stack with some of its properties changed. */
function changed(
  logicalId: 'Function' | 'HealthGet' | 'Role' | 'Stage',
  properties: Readonly<Record<string, unknown>>,
): TemplateFixture['Resources'] {
  const resource = SMALLEST_TEMPLATE.Resources[logicalId];
  return { [logicalId]: { ...resource, Properties: { ...resource.Properties, ...properties } } };
}

const integrationOf = (properties: Readonly<Record<string, unknown>>) =>
  changed('HealthGet', {
    Integration: { ...SMALLEST_TEMPLATE.Resources.HealthGet.Properties.Integration, ...properties },
  });

const authorizerWith = (properties: Readonly<Record<string, unknown>>): TemplateFixture['Resources'] => ({
  Authorizer: {
    Type: 'AWS::ApiGateway::Authorizer',
    Properties: {
      RestApiId: { Ref: 'Api' },
      Type: 'REQUEST',
      AuthorizerUri: SMALLEST_TEMPLATE.Resources.HealthGet.Properties.Integration.Uri,
      ...properties,
    },
  },
});

const validatorWith = (properties: Readonly<Record<string, unknown>>): TemplateFixture['Resources'] => ({
  Validator: { Type: 'AWS::ApiGateway::RequestValidator', Properties: { RestApiId: { Ref: 'Api' }, ...properties } },
});

const trusting = (statement: object) => ({ AssumeRolePolicyDocument: { Statement: [statement] } });

const stops: readonly (readonly [string, TemplateFixture['Resources'], RegExp])[] = [
  [
    'an unknown resource type',
    { Topic: { Type: 'AWS::SNS::Topic' } },
    /Topic: resource type AWS::SNS::Topic is not understood by the local runtime/,
  ],
  [
    'an unknown property',
    { Table: { Type: 'AWS::DynamoDB::Table', Properties: { ...TABLE, StreamSpecification: {} } } },
    /Table \(AWS::DynamoDB::Table\): property StreamSpecification is not understood/,
  ],
  [
    'an unknown nested property',
    {
      Table: {
        Type: 'AWS::DynamoDB::Table',
        Properties: { ...TABLE, SSESpecification: { SSEEnabled: true, Strength: 11 } },
      },
    },
    /property SSESpecification\.Strength is not understood/,
  ],
  [
    'an unknown resource attribute',
    { Table: { Type: 'AWS::DynamoDB::Table', Properties: TABLE, CreationPolicy: {} } },
    /CreationPolicy/,
  ],
  [
    'a runtime other than the one that runs',
    {
      Function: {
        ...SMALLEST_TEMPLATE.Resources.Function,
        Properties: { ...SMALLEST_TEMPLATE.Resources.Function.Properties, Runtime: 'python3.14' },
      },
    },
    /Function \(AWS::Lambda::Function\): property Runtime/,
  ],
  [
    'an unknown managed policy',
    {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          ...SMALLEST_TEMPLATE.Resources.Role.Properties,
          ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'],
        },
      },
    },
    /Role: managed policy arn:aws:iam::aws:policy\/AdministratorAccess is not known locally/,
  ],
  [
    'a table key that is not in the template',
    {
      Table: {
        Type: 'AWS::DynamoDB::Table',
        Properties: { ...TABLE, SSESpecification: { SSEEnabled: true, KMSMasterKeyId: 'alias/imported' } },
      },
    },
    /alias\/imported is not in the template/,
  ],
  [
    'names that depend on each other',
    {
      A: { Type: 'AWS::DynamoDB::Table', Properties: { ...TABLE, TableName: { Ref: 'B' } } },
      B: { Type: 'AWS::DynamoDB::Table', Properties: { ...TABLE, TableName: { Ref: 'A' } } },
    },
    /depends on itself/,
  ],
  [
    'a header that copies from the request',
    {
      Response: {
        Type: 'AWS::ApiGateway::GatewayResponse',
        Properties: {
          RestApiId: { Ref: 'Api' },
          ResponseType: 'DEFAULT_4XX',
          ResponseParameters: { 'gatewayresponse.header.Access-Control-Allow-Origin': 'method.request.header.Origin' },
        },
      },
    },
    /Response: response parameter .* must set a header to a quoted literal/,
  ],
  [
    'a cached authorizer without an identity source',
    authorizerWith({ AuthorizerResultTtlInSeconds: 60 }),
    /Authorizer .*: property IdentitySource must name what a result is cached by/,
  ],
  [
    'an authorizer that is cached for too long',
    authorizerWith({
      IdentitySource: 'method.request.header.Authorization',
      AuthorizerResultTtlInSeconds: 3601,
    }),
    /property AuthorizerResultTtlInSeconds must be a whole number from 0 to 3600/,
  ],
  [
    'a buffered integration beyond 29 s',
    integrationOf({ TimeoutInMillis: 29_001 }),
    /HealthGet .*: property Integration\.TimeoutInMillis must be from 50 to 29000 for a BUFFERED integration/,
  ],
  [
    'a streaming integration beyond 15 min',
    integrationOf({ TimeoutInMillis: 900_001, ResponseTransferMode: 'STREAM' }),
    /must be from 50 to 900000 for a STREAM integration/,
  ],
  ['a function that may run for too long', changed('Function', { Timeout: 901 }), /Function .*: property Timeout must/],
  ['a function without time', changed('Function', { Timeout: 0 }), /property Timeout must be a whole number from 1/],
  ['a function with too little memory', changed('Function', { MemorySize: 127 }), /property MemorySize must be .* 128/],
  ['a function with too much memory', changed('Function', { MemorySize: 10_241 }), /property MemorySize must be/],
  [
    'a validator of bodies',
    validatorWith({ ValidateRequestBody: true }),
    /Validator .*: property ValidateRequestBody must be false/,
  ],
  [
    'a validator of parameters',
    validatorWith({ ValidateRequestParameters: 'true' }),
    /Validator .*: property ValidateRequestParameters must be false/,
  ],
  [
    'a throttle of one method',
    changed('Stage', {
      MethodSettings: [{ HttpMethod: 'GET', ResourcePath: '/~1health', ThrottlingRateLimit: 1 }],
    }),
    /Stage .*: property MethodSettings\.0\.HttpMethod/,
  ],
  [
    'a cache of the stage',
    changed('Stage', { MethodSettings: [{ HttpMethod: '*', ResourcePath: '/*', CachingEnabled: true }] }),
    /Stage .*: property MethodSettings\.0\.CachingEnabled is not understood/,
  ],
  [
    'a function whose role only another service may assume',
    changed(
      'Role',
      trusting({ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }),
    ),
    /Function: role Role cannot be used, for no statement .* lets lambda\.amazonaws\.com sts:AssumeRole/,
  ],
  [
    'an account whose log role only another service may assume',
    {
      Account: {
        Type: 'AWS::ApiGateway::Account',
        Properties: { CloudWatchRoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] } },
      },
    },
    /Account: role Role cannot be used, for no statement .* lets apigateway\.amazonaws\.com sts:AssumeRole/,
  ],
];
for (const [name, resources, message] of stops) {
  test(`${name} stops and is named`, () => {
    assert.throws(() => read(withResources(resources)), message);
  });
}

test('physical ids survive a restart and a change of the template', () => {
  const first = writeCloudAssembly(SMALLEST_TEMPLATE);
  const second = writeCloudAssembly(
    withResources({ Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: ROOT_POLICY, MultiRegion: true } } }),
  );
  const dataDirectory = join(first.directory, 'data');
  try {
    const before = loadIdentity({ assemblyDirectory: first.directory, dataDirectory });
    const after = loadIdentity({ assemblyDirectory: second.directory, dataDirectory });

    const { Key, ...others } = after.ids;
    assert.match(Key ?? '', /^mrk-[0-9a-f]{32}$/);
    assert.deepEqual(others, before.ids);
    assert.equal(statSync(join(dataDirectory, 'state.json')).mode & 0o777, 0o600);
  } finally {
    rmSync(first.directory, { recursive: true });
    second.remove();
  }
});
