import type * as z from 'zod';
import { ACCOUNT, AUTHORIZER, GATEWAY_RESPONSE, METHOD, RESOURCE, REST_API, STAGE } from './api-definitions.ts';
import { findTrustingRole } from './roles.ts';
import type {
  ApiModel,
  AuthorizerModel,
  GatewayResponseModel,
  LambdaIntegrationModel,
  MockIntegrationModel,
  RouteModel,
  ThrottleModel,
} from './stack-model.ts';
import type { TemplateReader } from './template-reader.ts';

/** The stack's REST API with its only stage. */
export function readApi(reader: TemplateReader): ApiModel {
  const restApi = only(reader, 'AWS::ApiGateway::RestApi');
  const stage = reader.properties(only(reader, 'AWS::ApiGateway::Stage'), STAGE);
  checkLogRoles(reader);
  return {
    apiId: reader.ref(restApi),
    stageName: stage.StageName,
    throttle: throttle(stage),
    binaryMediaTypes: reader.properties(restApi, REST_API).BinaryMediaTypes,
    routes: reader
      .logicalIds('AWS::ApiGateway::Method')
      .map((logicalId) => route(reader, reader.attribute(restApi, 'RootResourceId'), logicalId)),
    gatewayResponses: reader
      .logicalIds('AWS::ApiGateway::GatewayResponse')
      .map((logicalId) => gatewayResponse(logicalId, reader.properties(logicalId, GATEWAY_RESPONSE))),
  };
}

function only(reader: TemplateReader, type: string): string {
  const [logicalId, ...others] = reader.logicalIds(type);
  if (logicalId === undefined || others.length > 0) {
    throw new Error(
      `the local runtime serves templates with exactly one ${type}, found ${others.length + (logicalId ? 1 : 0)}`,
    );
  }
  return logicalId;
}

/** A limit that the stage leaves out is the account's: 10,000 a second, 5,000 at once, in most Regions. */
function throttle({ MethodSettings: [settings] }: z.infer<typeof STAGE.properties>): ThrottleModel | undefined {
  const { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst } = settings ?? {};
  return rate === undefined && burst === undefined ? undefined : { rate: rate ?? 10_000, burst: burst ?? 5_000 };
}

/** API Gateway writes no logs locally, but refuses a role that it could not use. */
function checkLogRoles(reader: TemplateReader): void {
  for (const user of reader.logicalIds('AWS::ApiGateway::Account')) {
    const { CloudWatchRoleArn: roleArn } = reader.properties(user, ACCOUNT);
    if (roleArn !== undefined) findTrustingRole(reader, { user, roleArn, service: 'apigateway.amazonaws.com' });
  }
}

function route(reader: TemplateReader, rootResourceId: string, logicalId: string): RouteModel {
  const method = reader.properties(logicalId, METHOD);
  const isCustom = method.AuthorizationType === 'CUSTOM';
  if (isCustom && method.AuthorizerId === undefined) {
    throw new Error(`${logicalId}: authorization type CUSTOM needs an authorizer`);
  }
  return {
    httpMethod: method.HttpMethod,
    path: `/${pathParts(reader, rootResourceId, method.ResourceId).join('/')}`,
    authorizer: isCustom && method.AuthorizerId !== undefined ? authorizer(reader, method.AuthorizerId) : undefined,
    integration:
      method.Integration.Type === 'MOCK'
        ? mockIntegration(logicalId, method.Integration)
        : lambdaIntegration(logicalId, method.Integration),
  };
}

function pathParts(reader: TemplateReader, rootResourceId: string, resourceId: string): string[] {
  if (resourceId === rootResourceId) {
    return [];
  }
  const { ParentId, PathPart } = reader.properties(resourceId, RESOURCE);
  return [...pathParts(reader, rootResourceId, ParentId), PathPart];
}

function authorizer(reader: TemplateReader, logicalId: string): AuthorizerModel {
  const { AuthorizerUri, IdentitySource, AuthorizerResultTtlInSeconds } = reader.properties(logicalId, AUTHORIZER);
  return {
    logicalId,
    functionArn: invocation(logicalId, AuthorizerUri).functionArn,
    identitySources: IdentitySource.split(',')
      .map((source) => source.trim())
      .filter((source) => source !== ''),
    resultTtlSeconds: AuthorizerResultTtlInSeconds,
  };
}

type Integration = z.infer<typeof METHOD.properties>['Integration'];

function lambdaIntegration(logicalId: string, integration: Integration): LambdaIntegrationModel {
  const { functionArn, streaming } = invocation(logicalId, integration.Uri ?? '');
  const mode = integration.ResponseTransferMode ?? 'BUFFERED';
  if (streaming !== (mode === 'STREAM')) {
    throw new Error(`${logicalId}: ResponseTransferMode ${mode} does not fit the integration URI ${integration.Uri}`);
  }
  return { type: 'lambda', functionArn, responseTransferMode: mode, timeoutMs: integration.TimeoutInMillis ?? 29_000 };
}

/** Lambda's two invocation paths: of 2015-03-31 the buffered one, of 2021-11-15 the streaming one. */
function invocation(logicalId: string, uri: string): { functionArn: string; streaming: boolean } {
  const [, functionArn, operation] =
    /^arn:aws:apigateway:[^:]+:lambda:path\/[^/]+\/functions\/([^/]+)\/(invocations|response-streaming-invocations)$/.exec(
      uri,
    ) ?? [];
  if (functionArn === undefined) {
    throw new Error(`${logicalId}: ${uri} is not the invocation of a function`);
  }
  return { functionArn, streaming: operation === 'response-streaming-invocations' };
}

function mockIntegration(logicalId: string, { IntegrationResponses }: Integration): MockIntegrationModel {
  const [response, ...others] = IntegrationResponses;
  if (response === undefined || others.length > 0) {
    throw new Error(`${logicalId}: a MOCK integration needs exactly one integration response`);
  }
  return {
    type: 'mock',
    statusCode: response.StatusCode,
    headers: literalHeaders(logicalId, 'method.response.header.', response.ResponseParameters),
  };
}

function gatewayResponse(
  logicalId: string,
  properties: z.infer<typeof GATEWAY_RESPONSE.properties>,
): GatewayResponseModel {
  return {
    responseType: properties.ResponseType,
    statusCode: properties.StatusCode,
    headers: literalHeaders(logicalId, 'gatewayresponse.header.', properties.ResponseParameters),
    templates: properties.ResponseTemplates,
  };
}

/** A mapping to a quoted literal sets it; any other mapping would copy from the request, which nothing here needs. */
function literalHeaders(
  logicalId: string,
  prefix: string,
  parameters: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => {
      const [, literal] = /^'(.*)'$/.exec(value) ?? [];
      if (!name.startsWith(prefix) || literal === undefined) {
        throw new Error(`${logicalId}: response parameter ${name} = ${value} must set a header to a quoted literal`);
      }
      return [name.slice(prefix.length), literal];
    }),
  );
}
