import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LambdaIntegrationModel, MockIntegrationModel, StackModel } from '../template/stack-model.ts';
import { type Authorizer, type AuthorizerContext, createAuthorizer } from './authorizer.ts';
import { GatewayError } from './gateway-error.ts';
import { type GatewayRequest, header, readGatewayRequest } from './gateway-request.ts';
import { renderGatewayResponse } from './gateway-response.ts';
import { createInvocableFunctions, type HostedFunctions, type InvocableFunctions } from './invocable-functions.ts';
import { answerBuffered } from './lambda-integration.ts';
import { buildAuthorizerEvent, buildProxyEvent, methodArn } from './proxy-event.ts';
import { readBody } from './request-body.ts';
import { createRouteTable, type RouteMatch } from './route-table.ts';
import { inTheNameOf } from './spoken-host.ts';
import { answerStreaming } from './streaming-integration.ts';
import { createTokenBucket } from './token-bucket.ts';
import { writeAnswer } from './write-answer.ts';

type Stack = Pick<StackModel, 'accountId' | 'region' | 'api'>;

export interface GatewayOptions {
  readonly stack: Stack;
  readonly functions: HostedFunctions;
  /** Answers below `/<stage>` too, as at API Gateway's own address. */
  readonly stagePath?: boolean | undefined;
}

interface Call {
  readonly request: GatewayRequest;
  readonly match: RouteMatch;
  readonly body: Buffer;
  readonly authorizer: AuthorizerContext | undefined;
}

/** What happens to a request: route, throttle, authorizer, integration, and the gateway's own answers for everything else. */
export function createGateway({ stack, functions, stagePath = false }: GatewayOptions) {
  const routes = createRouteTable(stack.api.routes);
  const invocable = createInvocableFunctions(stack, functions);
  const authorizers = createAuthorizers(stack, invocable);
  const { throttle } = stack.api;
  const below = stagePath ? `/${stack.api.stageName}` : undefined;
  const takeToken = throttle === undefined ? () => true : createTokenBucket(throttle);

  async function answer(message: IncomingMessage, request: GatewayRequest, response: ServerResponse): Promise<void> {
    const body = await readBody(message);
    const match = routes.match(request.method, request.path);
    if (match === undefined) throw new GatewayError('MISSING_AUTHENTICATION_TOKEN');
    if (!takeToken()) throw new GatewayError('THROTTLED');
    const authorizer = await authorize(request, match);
    const { integration } = match.route;
    if (integration.type === 'mock') answerMock(integration, response);
    else await integrate(integration, { request, match, body, authorizer }, response);
  }

  async function authorize(request: GatewayRequest, match: RouteMatch): Promise<AuthorizerContext | undefined> {
    return await authorizers.get(match.route.authorizer?.logicalId ?? '')?.authorize({
      request,
      pathParameters: match.pathParameters,
      methodArn: methodArn(stack, request),
      event: () => buildAuthorizerEvent(stack, request, match),
    });
  }

  async function integrate(model: LambdaIntegrationModel, call: Call, response: ServerResponse): Promise<void> {
    const { request, match } = call;
    const host = invocable.forMethod(model.functionArn, request.method, match.route.path);
    const invocation = { host, event: buildProxyEvent({ stack, ...call }), timeoutMs: model.timeoutMs };
    if (model.responseTransferMode === 'STREAM') {
      await answerStreaming({ ...invocation, response });
    } else {
      const { binaryMediaTypes } = stack.api;
      const accept = header(request, 'accept');
      writeAnswer(response, await answerBuffered({ ...invocation, accept, binaryMediaTypes }));
    }
  }

  return async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = readGatewayRequest(message, { now: new Date(), stagePath: below });
    response.setHeader('x-amzn-RequestId', request.requestId);
    response.setHeader('x-amz-apigw-id', request.extendedRequestId);
    response.setHeader('X-Amzn-Trace-Id', header(request, 'x-amzn-trace-id') ?? request.traceId);
    try {
      await answer(message, request, response);
    } catch (error) {
      // The client has gone: nobody is left to answer.
      if (response.destroyed) return;
      const path = request.stagePath + request.path;
      const context = { ...request, path, httpMethod: request.method, stage: stack.api.stageName };
      const answered = renderGatewayResponse(stack.api.gatewayResponses, asGatewayError(error), context);
      writeAnswer(response, inTheNameOf(request.host, answered));
    }
  };
}

/** One per authorizer of the template: routes that share it share its cache. */
function createAuthorizers({ api }: Stack, invocable: InvocableFunctions): Map<string, Authorizer> {
  const models = new Map(
    api.routes.flatMap(({ authorizer }) => (authorizer === undefined ? [] : [[authorizer.logicalId, authorizer]])),
  );
  return new Map(
    [...models].map(([logicalId, model]) => {
      const invoke = async (event: unknown) =>
        await invocable.forAuthorizer(model.functionArn, logicalId).invoke(event);
      return [logicalId, createAuthorizer({ model, invoke })];
    }),
  );
}

function answerMock({ statusCode, headers }: MockIntegrationModel, response: ServerResponse): void {
  const literals = Object.entries(headers);
  writeAnswer(response, { statusCode, headers: [['Content-Type', 'application/json'], ...literals], body: '' });
}

function asGatewayError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  // A defect of the local runtime itself: visible, and the server goes on.
  process.emitWarning(error instanceof Error ? error : new Error(String(error)));
  return new GatewayError('DEFAULT_5XX');
}
