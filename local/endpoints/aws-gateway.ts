import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AuthorizeCall, createAuthorizeCall, type Principal } from '../iam/authorize-call.ts';
import type { Credentials } from '../iam/credentials.ts';
import type { Observer } from '../observe.ts';
import type { StackModel } from '../template/stack-model.ts';
import { asAwsError, engineErrorType, failureAnswer } from './aws-answers.ts';
import { AwsError } from './aws-error.ts';
import { type AwsAnswer, type AwsHttpRequest, readAwsRequest } from './aws-request.ts';
import { type AwsServices, readCall, type Target, targetOf } from './aws-services.ts';
import { ciphertextKeyId } from './kms.ts';
import { assertWhole } from './s3-request.ts';

export interface AwsGateway {
  /** What functions are given as `AWS_ENDPOINT_URL`. */
  readonly url: string;
  close(): Promise<void>;
}

interface Outcome {
  readonly answer: AwsAnswer;
  readonly operation: string;
  readonly functionName: string;
  readonly errorType: string | undefined;
}

/** AWS as the functions see it: who signed is known, what the role does not allow is denied, every call is reported. */
export async function startAwsGateway(input: {
  readonly stack: StackModel;
  readonly credentials: Credentials;
  readonly services: AwsServices;
  readonly observer: Observer;
}): Promise<AwsGateway> {
  const { credentials, services, observer } = input;
  const authorizeCall = createAuthorizeCall(input.stack, ciphertextKeyId);

  const answerTo = async (request: AwsHttpRequest, target: Target, gone: AbortSignal): Promise<Outcome> => {
    let { operation } = target;
    let functionName = 'unauthenticated';
    try {
      const caller = await authenticate(credentials, request, target);
      ({ functionName } = caller);
      const call = readCall(services, target, request);
      ({ operation } = call.access);
      assertAllowed(authorizeCall, caller, call.access);
      const answer = await call.perform({
        origin: `http://${request.headers['host']}`,
        gone,
        mayList: (bucketName) =>
          authorizeCall(caller, { service: 's3', operation: 'ListObjectsV2', body: { bucketName } }).outcome ===
          'allowed',
      });
      return { answer, operation, functionName, errorType: answer.status < 300 ? undefined : engineErrorType(answer) };
    } catch (error) {
      const failure = asAwsError(error);
      const protocol = target.service === 'sqs' || target.service === 's3' ? target.service : 'json';
      return { answer: failureAnswer(protocol, failure), operation, functionName, errorType: failure.type };
    }
  };

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const startedAt = performance.now();
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const request = await readAwsRequest(incoming);
    await observer.awsCallArrived?.();
    const target = targetOf(request);
    const { answer, ...outcome } = await answerTo(request, target, gone.signal);
    respond(request, response, answer);
    observer.awsCall?.({
      ...outcome,
      service: target.service,
      startedAt,
      endedAt: performance.now(),
      httpStatus: answer.status,
      requestBody: request.body.toString('utf8'),
    });
  };

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Longer than a warm function rests: a reused connection that closes under a request would fail it. */
const KEEP_ALIVE_MS = 120_000;

async function authenticate(credentials: Credentials, request: AwsHttpRequest, target: Target): Promise<Principal> {
  const { method, url, headers, body } = request;
  if (target.service === 's3') assertWhole(request);
  const authentication = await credentials.authenticate({ method, path: url, headers, body });
  if ('errorType' in authentication) {
    throw new AwsError(authentication.errorType, authentication.message);
  }
  if (target.service === 'unknown' || authentication.service !== target.service) {
    throw new AwsError('UnknownOperationException', `no such operation of ${authentication.service} locally`);
  }
  return authentication.caller;
}

function assertAllowed(authorizeCall: AuthorizeCall, caller: Principal, access: Parameters<AuthorizeCall>[1]): void {
  const authorization = authorizeCall(caller, access);
  if (authorization.outcome === 'unknown_operation') {
    const { service, operation } = access;
    throw new AwsError('UnknownOperationException', `${operation} of ${service} is not offered to functions locally`);
  }
  if (authorization.outcome === 'denied') {
    throw new AwsError('AccessDeniedException', authorization.message);
  }
}

function respond(request: AwsHttpRequest, response: ServerResponse, { status, headers, body }: AwsAnswer): void {
  response.writeHead(status, {
    'content-type': request.headers['content-type'] ?? 'application/x-amz-json-1.0',
    'content-length': body.length,
    'x-amzn-requestid': randomUUID(),
    ...headers,
  });
  response.end(body);
}
