import { Aws, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  CfnRestApi,
  EndpointType,
  IdentitySource,
  LambdaIntegration,
  LogGroupLogDestination,
  type Method,
  RequestAuthorizer,
  ResponseTransferMode,
  RestApi,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigateway';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { AUTHORIZER_CONTEXT, ENV, ROUTES, type Route } from '../lambdas/contract.ts';
import { addMetadataPreflights, addPreflights, corsHeaders } from './cors.ts';
import { addGatewayResponses } from './gateway-responses.ts';
import type { HubFunction } from './hub-function.ts';
import { refuseOtherMethods } from './refused-methods.ts';
import type { StageConfig } from './stage-config.ts';

export interface HubApiProps {
  readonly config: StageConfig;
  readonly functions: Readonly<Record<Route['handledBy'] | 'authorizer', HubFunction>>;
  /** Where the hub is reached; empty if only API Gateway's own URL is. */
  readonly publicUrl: string;
  /** What the issuer puts before the hub's scopes. */
  readonly scopePrefix: string;
}

/** The REST API: one method for every entry of the route table, and nothing besides. */
export class HubApi extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, { config, functions, publicUrl, scopePrefix }: HubApiProps) {
    super(scope, id);
    const api = this.createApi(config);
    const authorizer = new RequestAuthorizer(this, 'Authorizer', {
      handler: functions.authorizer,
      identitySources: [IdentitySource.header('Authorization')],
      resultsCacheTtl: Duration.seconds(config.api.authorizerTtlSeconds),
    });
    for (const { method, path, handledBy, scope: needed } of ROUTES) {
      const integration = integrationOf(functions[handledBy], handledBy);
      const resource = api.root.resourceForPath(path);
      if (needed === 'open') acknowledgeOpen(resource.addMethod(method, integration));
      else acknowledgeOwnAuthorizer(resource.addMethod(method, integration, { authorizer }));
    }
    const { corsOrigin } = config.api;
    const readable = corsOrigin === undefined ? {} : corsHeaders(corsOrigin);
    for (const refusal of refuseOtherMethods(api, readable)) acknowledgeOpen(refusal);
    for (const preflight of addMetadataPreflights(api)) acknowledgeOpen(preflight);
    if (corsOrigin !== undefined) {
      for (const preflight of addPreflights(api, corsOrigin)) acknowledgeOpen(preflight);
      for (const { handledBy } of ROUTES) functions[handledBy].provide({ [ENV.corsOrigin]: corsOrigin });
    }
    // Not the API's own URL, which belongs to a deployment that comes after these.
    const ownUrl = `https://${api.restApiId}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}/${config.name}`;
    addGatewayResponses(api, { corsHeaders: readable, hubUrl: publicUrl || ownUrl, scopePrefix });
    this.url = api.url;
  }

  private createApi({ name, api: knobs, logRetentionDays, data }: StageConfig): RestApi {
    const accessLog = new LogGroup(this, 'AccessLog', {
      retention: logRetentionDays,
      removalPolicy: data.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    const api = new RestApi(this, 'Api', {
      restApiName: `nexus-hub-${name}`,
      description: `Nexus Hub ${name}`,
      endpointTypes: [EndpointType.REGIONAL],
      // Other APIs of the account may have come to rely on the role, so it outlives the stack.
      cloudWatchRole: knobs.manageAccountLogRole,
      ...(knobs.manageAccountLogRole ? { cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN } : {}),
      deployOptions: {
        stageName: name,
        throttlingRateLimit: knobs.throttle.rate,
        throttlingBurstLimit: knobs.throttle.burst,
        accessLogDestination: new LogGroupLogDestination(accessLog),
        accessLogFormat: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    });
    // The stack has its own output of the URL.
    api.node.tryRemoveChild('Endpoint');
    requireModernTls(api);
    acknowledgeRules(api);
    return api;
  }
}

function integrationOf(fn: HubFunction, handledBy: Route['handledBy']): LambdaIntegration {
  return new LambdaIntegration(fn, {
    allowTestInvoke: false,
    ...(handledBy === 'mcp'
      ? { responseTransferMode: ResponseTransferMode.STREAM, timeout: Duration.minutes(15) }
      : // API Gateway's own limit; functions end before it, so its timeout means that one hangs.
        { timeout: Duration.seconds(29) }),
  });
}

/** Never the request's headers or query: they may carry secrets. */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  time: '$context.requestTimeEpoch',
  method: '$context.httpMethod',
  route: '$context.resourcePath',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
  integrationMs: '$context.integrationLatency',
  integrationStatus: '$context.integrationStatus',
  bytes: '$context.responseLength',
  error: '$context.error.responseType',
  sourceIp: '$context.identity.sourceIp',
  tenantId: `$context.authorizer.${AUTHORIZER_CONTEXT.tenantId}`,
  subject: `$context.authorizer.${AUTHORIZER_CONTEXT.subject}`,
  clientId: `$context.authorizer.${AUTHORIZER_CONTEXT.clientId}`,
};

/** Without a policy, a Regional API's own host still speaks TLS 1.0. */
function requireModernTls(api: RestApi): void {
  const { defaultChild } = api.node;
  if (!(defaultChild instanceof CfnRestApi)) throw new Error('a REST API has a CfnRestApi');
  defaultChild.securityPolicy = SecurityPolicy.TLS13_1_2_PQ_2025_09;
  defaultChild.endpointAccessMode = 'STRICT';
}

function acknowledgeOpen(method: Method): void {
  const reason = 'Open by design: it answers the same to everyone and reads nothing.';
  Validations.of(method).acknowledge({ id: 'AwsSolutions-APIG4', reason }, { id: 'AwsSolutions-COG4', reason });
}

function acknowledgeOwnAuthorizer(method: Method): void {
  const reason = 'The authorizer is a function, so that tokens may come from any OpenID Connect issuer.';
  Validations.of(method).acknowledge({ id: 'AwsSolutions-COG4', reason });
}

function acknowledgeRules(api: RestApi): void {
  Validations.of(api).acknowledge({
    id: 'AwsSolutions-APIG2',
    reason: 'Functions parse every request with the schemas that also describe the API; a second set would drift.',
  });
  Validations.of(api.deploymentStage).acknowledge(
    {
      id: 'AwsSolutions-APIG3',
      reason: 'A web ACL costs from its first hour and the hub costs nothing while idle; operators attach their own.',
    },
    {
      id: 'AwsSolutions-APIG6',
      reason:
        'Execution logs fill a group that the stack does not own and that never expires; the access log says enough.',
    },
    { id: 'Serverless-APIGWXrayEnabled', reason: 'Nothing behind it is traced; request ids join the logs instead.' },
  );
  const role = api.node.tryFindChild('CloudWatchRole');
  if (role === undefined) return;
  Validations.of(role).acknowledge({
    id: `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]`,
    reason: 'API Gateway refuses a role for its logs that may less than this policy, and the role serves all its APIs.',
  });
}
