import * as z from 'zod';
import { MANAGEMENT_ONLY, type ResourceContext, type ResourceDefinition } from './resource-definition.ts';
import { randomApiId } from './resource-name.ts';
import { wholeNumber } from './whole-number.ts';

/** The resource types of a REST API, as far as they decide how a request is answered. */

const logicalId = ({ logicalId: id }: ResourceContext): string => id;
const apiOwned = { RestApiId: z.string() };

export const REST_API = {
  properties: z.strictObject({
    Name: z.string().optional(),
    BinaryMediaTypes: z.array(z.string()).default([]),
    ApiKeySourceType: z.literal('HEADER').optional(),
  }),
  noEffect: {
    Description: MANAGEMENT_ONLY,
    DisableExecuteApiEndpoint: 'the local endpoint is neither execute-api nor a custom domain',
    EndpointAccessMode: 'there is no TLS locally',
    EndpointConfiguration: 'there is one local endpoint',
    MinimumCompressionSize: 'answers are not compressed locally',
    SecurityPolicy: 'there is no TLS locally',
    Tags: MANAGEMENT_ONLY,
  },
  newPhysicalId: randomApiId,
  ref: (resource) => resource.physicalId(),
  attributes: { RestApiId: (resource) => resource.physicalId(), RootResourceId: ({ logicalId: id }) => `${id}.root` },
} satisfies ResourceDefinition;

export const RESOURCE = {
  properties: z.strictObject({ ...apiOwned, ParentId: z.string(), PathPart: z.string() }),
  noEffect: {},
  ref: logicalId,
  attributes: { ResourceId: logicalId },
} satisfies ResourceDefinition;

/** The buffered limit can be raised on request; that nobody did is the safe assumption. */
const TIMEOUT_LIMITS_MS = { BUFFERED: 29_000, STREAM: 900_000 };

const integrationShape = z.strictObject({
  Type: z.enum(['AWS_PROXY', 'MOCK']),
  IntegrationHttpMethod: z.string().optional(),
  Uri: z.string().optional(),
  ResponseTransferMode: z.enum(['BUFFERED', 'STREAM']).optional(),
  TimeoutInMillis: z.coerce.number().optional(),
  PassthroughBehavior: z.string().optional(),
  RequestTemplates: z.record(z.string(), z.string()).optional(),
  IntegrationResponses: z
    .array(
      z.strictObject({
        StatusCode: z.coerce.number(),
        ResponseParameters: z.record(z.string(), z.string()).default({}),
        ResponseTemplates: z.record(z.string(), z.literal('')).optional(),
        SelectionPattern: z.undefined().optional(),
      }),
    )
    .default([]),
});

const integration = integrationShape.superRefine(({ TimeoutInMillis, ResponseTransferMode = 'BUFFERED' }, context) => {
  const most = TIMEOUT_LIMITS_MS[ResponseTransferMode];
  if (TimeoutInMillis === undefined || (TimeoutInMillis >= 50 && TimeoutInMillis <= most)) return;
  const message = `must be from 50 to ${most} for a ${ResponseTransferMode} integration`;
  context.addIssue({ code: 'custom', path: ['TimeoutInMillis'], message });
});

export const METHOD = {
  properties: z.strictObject({
    ...apiOwned,
    ResourceId: z.string(),
    HttpMethod: z.string(),
    AuthorizationType: z.enum(['NONE', 'CUSTOM']),
    AuthorizerId: z.string().optional(),
    ApiKeyRequired: z.literal(false).optional(),
    Integration: integration,
  }),
  noEffect: {
    MethodResponses: 'documents the method; a proxy integration answers for itself',
    OperationName: 'documents the method',
    RequestModels: 'documents the method, because no validator that validates may be in the template',
    RequestParameters: 'documents the method, because no validator that validates may be in the template',
    RequestValidatorId: 'no validator that validates may be in the template',
  },
  ref: logicalId,
  attributes: {},
} satisfies ResourceDefinition;

export const AUTHORIZER = {
  properties: z
    .strictObject({
      ...apiOwned,
      Name: z.string().optional(),
      Type: z.enum(['REQUEST', 'TOKEN']),
      AuthorizerUri: z.string(),
      IdentitySource: z.string().default(''),
      AuthorizerResultTtlInSeconds: wholeNumber(0, 3_600).default(300),
    })
    .refine(({ IdentitySource, AuthorizerResultTtlInSeconds: ttl }) => ttl === 0 || IdentitySource.trim() !== '', {
      path: ['IdentitySource'],
      error: 'must name what a result is cached by, unless AuthorizerResultTtlInSeconds is 0',
    }),
  noEffect: {},
  ref: logicalId,
  attributes: { AuthorizerId: logicalId },
} satisfies ResourceDefinition;

export const GATEWAY_RESPONSE = {
  properties: z.strictObject({
    ...apiOwned,
    ResponseType: z.string(),
    StatusCode: z.coerce.number().optional(),
    ResponseParameters: z.record(z.string(), z.string()).default({}),
    ResponseTemplates: z.record(z.string(), z.string()).default({}),
  }),
  noEffect: {},
  ref: logicalId,
  attributes: { Id: logicalId },
} satisfies ResourceDefinition;

/** Settings of every method. Those of a single method are not emulated and stop the start. */
const methodSettings = z.strictObject({
  HttpMethod: z.literal('*'),
  ResourcePath: z.literal('/*'),
  ThrottlingRateLimit: z.coerce.number().nonnegative().optional(),
  ThrottlingBurstLimit: z.coerce.number().int().nonnegative().optional(),
  // Logs and metrics are seen by operators of an AWS account only.
  DataTraceEnabled: z.unknown().optional(),
  LoggingLevel: z.unknown().optional(),
  MetricsEnabled: z.unknown().optional(),
});

export const STAGE = {
  properties: z.strictObject({
    ...apiOwned,
    StageName: z.string(),
    DeploymentId: z.string(),
    MethodSettings: z.array(methodSettings).max(1).default([]),
  }),
  noEffect: {
    AccessLogSetting: 'local requests are logged to the terminal',
    Description: MANAGEMENT_ONLY,
    Tags: MANAGEMENT_ONLY,
    TracingEnabled: MANAGEMENT_ONLY,
  },
  ref: ({ text, logicalId: id }) => text('StageName') ?? id,
  attributes: {},
} satisfies ResourceDefinition;

const DEPLOYMENT = {
  properties: z.strictObject(apiOwned),
  noEffect: { Description: MANAGEMENT_ONLY },
  ref: logicalId,
  attributes: { DeploymentId: logicalId },
} satisfies ResourceDefinition;

const off = z.literal([false, 'false'], { error: 'must be false: API Gateway would validate, this runtime would not' });

const REQUEST_VALIDATOR = {
  properties: z.strictObject({
    ...apiOwned,
    ValidateRequestBody: off.optional(),
    ValidateRequestParameters: off.optional(),
  }),
  noEffect: { Name: MANAGEMENT_ONLY },
  ref: logicalId,
  attributes: { RequestValidatorId: logicalId },
} satisfies ResourceDefinition;

const MODEL = {
  properties: z.strictObject(apiOwned),
  noEffect: {
    ContentType: 'the functions parse every body themselves',
    Description: MANAGEMENT_ONLY,
    Name: 'the functions parse every body themselves',
    Schema: 'the functions parse every body themselves',
  },
  ref: logicalId,
  attributes: {},
} satisfies ResourceDefinition;

export const ACCOUNT = {
  properties: z.strictObject({ CloudWatchRoleArn: z.string().optional() }),
  noEffect: {},
  ref: logicalId,
  attributes: { Id: logicalId },
} satisfies ResourceDefinition;

const CDK_METADATA = {
  properties: z.strictObject({}),
  noEffect: { Analytics: 'names the constructs that were used' },
  ref: logicalId,
  attributes: {},
} satisfies ResourceDefinition;

export const API_DEFINITIONS = {
  'AWS::ApiGateway::RestApi': REST_API,
  'AWS::ApiGateway::Resource': RESOURCE,
  'AWS::ApiGateway::Method': METHOD,
  'AWS::ApiGateway::Authorizer': AUTHORIZER,
  'AWS::ApiGateway::GatewayResponse': GATEWAY_RESPONSE,
  'AWS::ApiGateway::Deployment': DEPLOYMENT,
  'AWS::ApiGateway::Stage': STAGE,
  'AWS::ApiGateway::RequestValidator': REQUEST_VALIDATOR,
  'AWS::ApiGateway::Model': MODEL,
  'AWS::ApiGateway::Account': ACCOUNT,
  'AWS::CDK::Metadata': CDK_METADATA,
};
