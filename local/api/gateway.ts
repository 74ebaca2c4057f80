import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FunctionHost } from '../lambda/function-host.ts';
import type {
  AuthorizerModel,
  FunctionModel,
  LambdaIntegrationModel,
  MockIntegrationModel,
  StackModel,
} from '../template/stack-model.ts';
import type { Answer } from './answer.ts';
import { type Authorizer, type AuthorizerContext, createAuthorizer } from './authorizer.ts';
import { GatewayError } from './gateway-error.ts';
import { type GatewayRequest, header, readGatewayRequest } from './gateway-request.ts';
import { renderGatewayResponse } from './gateway-response.ts';
import { mayInvoke } from './invoke-permission.ts';
import { answerBuffered } from './lambda-integration.ts';
import { buildAuthorizerEvent, buildProxyEvent, executeApiArn, methodArn } from './proxy-event.ts';
import { readBody } from './request-body.ts';
import { createRouteTable, type RouteMatch } from './route-table.ts';
import { answerStreaming } from './streaming-integration.ts';
import { writeAnswer } from './write-answer.ts';

export interface HostedFunction {
  readonly model: Pick<FunctionModel, 'permissions'>;
  readonly host: FunctionHost;
}

export interface GatewayOptions {
  readonly stack: Pick<StackModel, 'accountId' | 'region' | 'api'>;
  /** By function ARN. */
  readonly functions: ReadonlyMap<string, HostedFunction>;
}

interface Call {
  readonly request: GatewayRequest;
  readonly match: RouteMatch;
  readonly body: Buffer;
  readonly response: ServerResponse;
}

/** What happens to a request: route, authorizer, integration, and the gateway's own answers for everything else. */
export function createGateway({ stack, functions }: GatewayOptions) {
  const routes = createRouteTable(stack.api.routes);
  const authorizers = new Map<string, Authorizer>();

  async function answer(message: IncomingMessage, request: GatewayRequest, response: ServerResponse): Promise<void> {
    const body = await readBody(message);
    const match = routes.match(request.method, request.path);
    if (match === undefined) throw new GatewayError('MISSING_AUTHENTICATION_TOKEN');
    const authorizer = await authorize(request, match);
    const { integration } = match.route;
    if (integration.type === 'mock') writeAnswer(response, answerMock(integration));
    else await integrate(integration, { request, match, body, response }, authorizer);
  }

  async function authorize(request: GatewayRequest, match: RouteMatch): Promise<AuthorizerContext | undefined> {
    const model = match.route.authorizer;
    if (model === undefined) return undefined;
    return await authorizerFor(model).authorize({
      request,
      pathParameters: match.pathParameters,
      methodArn: methodArn(stack, request),
      event: () => buildAuthorizerEvent(stack, request, match),
    });
  }

  function authorizerFor(model: AuthorizerModel): Authorizer {
    const known = authorizers.get(model.logicalId);
    if (known !== undefined) return known;
    const sourceArn = `${executeApiArn(stack)}/authorizers/${model.logicalId}`;
    const authorizer = createAuthorizer({
      model,
      invoke: async (event) => {
        const host = hostFor(model.functionArn, sourceArn);
        if (host === undefined) throw new GatewayError('AUTHORIZER_CONFIGURATION_ERROR');
        return await host.invoke(event);
      },
    });
    authorizers.set(model.logicalId, authorizer);
    return authorizer;
  }

  async function integrate(
    { functionArn, timeoutMs, responseTransferMode }: LambdaIntegrationModel,
    { request, match, body, response }: Call,
    authorizer: AuthorizerContext | undefined,
  ): Promise<void> {
    const { stageName, binaryMediaTypes } = stack.api;
    const sourceArn = `${executeApiArn(stack)}/${stageName}/${request.method}${match.route.path}`;
    const host = hostFor(functionArn, sourceArn);
    if (host === undefined) throw new GatewayError('API_CONFIGURATION_ERROR');
    const event = buildProxyEvent({ stack, request, match, body, authorizer });
    if (responseTransferMode === 'STREAM') {
      await answerStreaming({ host, event, timeoutMs, response });
    } else {
      const accept = header(request, 'accept');
      writeAnswer(response, await answerBuffered({ host, event, timeoutMs, accept, binaryMediaTypes }));
    }
  }

  /** Undefined also where the template does not let API Gateway invoke the function. */
  function hostFor(functionArn: string, sourceArn: string): FunctionHost | undefined {
    const hosted = functions.get(functionArn);
    return hosted !== undefined && mayInvoke(hosted.model, sourceArn) ? hosted.host : undefined;
  }

  return async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = readGatewayRequest(message, new Date());
    response.setHeader('x-amzn-RequestId', request.requestId);
    response.setHeader('x-amz-apigw-id', request.extendedRequestId);
    response.setHeader('X-Amzn-Trace-Id', header(request, 'x-amzn-trace-id') ?? request.traceId);
    try {
      await answer(message, request, response);
    } catch (error) {
      // The client has gone: nobody is left to answer.
      if (response.destroyed) return;
      const context = { ...request, httpMethod: request.method, stage: stack.api.stageName };
      writeAnswer(response, renderGatewayResponse(stack.api.gatewayResponses, asGatewayError(error), context));
    }
  };
}

function answerMock({ statusCode, headers }: MockIntegrationModel): Answer {
  return { statusCode, headers: [['Content-Type', 'application/json'], ...Object.entries(headers)], body: '' };
}

function asGatewayError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  // A defect of the local runtime itself: visible, and the server goes on.
  process.emitWarning(error instanceof Error ? error : new Error(String(error)));
  return new GatewayError('DEFAULT_5XX');
}
