import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as z from 'zod';
import { type AuthorizeCall, createAuthorizeCall } from '../iam/authorize-call.ts';
import type { Credentials } from '../iam/credentials.ts';
import type { Observer } from '../observe.ts';
import type { FunctionModel, StackModel } from '../template/stack-model.ts';
import { AwsError } from './aws-error.ts';
import type { LocalDynamoDb } from './dynamodb-request.ts';
import { ciphertextKeyId, type LocalKms } from './kms.ts';

export interface AwsGateway {
  /** What functions are given as `AWS_ENDPOINT_URL`. */
  readonly url: string;
  close(): Promise<void>;
}

/** AWS as the functions see it: who signed is known, what the role does not allow is denied, every call is reported. */
export async function startAwsGateway(input: {
  readonly stack: StackModel;
  readonly credentials: Credentials;
  readonly dynamodb: LocalDynamoDb;
  readonly kms: LocalKms;
  readonly observer: Observer;
}): Promise<AwsGateway> {
  const { credentials, dynamodb, kms, observer } = input;
  const authorizeCall = createAuthorizeCall(input.stack, ciphertextKeyId);

  const perform = async (target: Target, text: Buffer, body: unknown): Promise<Answer> => {
    if (target.service === 'kms') {
      return { status: 200, body: Buffer.from(JSON.stringify(kms.handle(target.operation, body))) };
    }
    return dynamodb.send(target.operation, text);
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const startedAt = performance.now();
    const text = await readBody(request);
    await observer.awsCallArrived?.();
    const target = parseTarget(request.headers['x-amz-target']);
    let caller: FunctionModel | undefined;
    let answer: Answer;
    try {
      caller = await authenticate(credentials, request, text, target);
      const body = parseJson(text);
      authorize(authorizeCall, caller, target, body);
      answer = await perform(target, text, body);
    } catch (error) {
      answer = errorAnswer(error);
    }
    respond(request, response, answer);
    observer.awsCall?.({
      functionName: caller?.functionName ?? 'unauthenticated',
      service: target.service,
      operation: target.operation,
      startedAt,
      endedAt: performance.now(),
      httpStatus: answer.status,
      errorType: answer.status === 200 ? undefined : errorType(answer.body),
      requestBody: text.toString('utf8'),
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

interface Target {
  readonly service: 'dynamodb' | 'kms' | 'unknown';
  readonly operation: string;
}

interface Answer {
  readonly status: number;
  readonly body: Buffer;
  readonly headers?: IncomingMessage['headers'];
}

/** `X-Amz-Target` prefixes of the services, as their API models name them. */
const SERVICES: Readonly<Record<string, Target['service']>> = { DynamoDB_20120810: 'dynamodb', TrentService: 'kms' };

function parseTarget(header: string | string[] | undefined): Target {
  const [prefix = '', operation = ''] = String(header ?? '').split('.');
  return { service: (Object.hasOwn(SERVICES, prefix) ? SERVICES[prefix] : undefined) ?? 'unknown', operation };
}

async function authenticate(
  credentials: Credentials,
  request: IncomingMessage,
  body: Buffer,
  target: Target,
): Promise<FunctionModel> {
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const authentication = await credentials.authenticate({
    method: request.method ?? '',
    path: request.url ?? '/',
    headers,
    body,
  });
  if ('errorType' in authentication) {
    throw new AwsError(authentication.errorType, authentication.message);
  }
  if (target.service === 'unknown' || authentication.service !== target.service) {
    throw new AwsError('UnknownOperationException', `no such operation of ${authentication.service} locally`);
  }
  return authentication.caller;
}

function authorize(authorizeCall: AuthorizeCall, caller: FunctionModel, target: Target, body: unknown): void {
  const { service, operation } = target;
  const authorization =
    service === 'unknown'
      ? { outcome: 'unknown_operation' as const }
      : authorizeCall(caller, { service, operation, body });
  if (authorization.outcome === 'unknown_operation') {
    throw new AwsError('UnknownOperationException', `${operation} of ${service} is not offered to functions locally`);
  }
  if (authorization.outcome === 'denied') {
    throw new AwsError('AccessDeniedException', authorization.message);
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function parseJson(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8'));
  } catch (cause) {
    throw new AwsError('SerializationException', 'the request body is not JSON', { cause });
  }
}

function errorAnswer(error: unknown): Answer {
  const { type, message, status } = asAwsError(error);
  return { status, body: Buffer.from(JSON.stringify({ __type: type, message })) };
}

function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) {
    return error;
  }
  return error instanceof z.ZodError
    ? new AwsError('ValidationException', z.prettifyError(error), { cause: error })
    : new AwsError('InternalServerError', `the local endpoint failed: ${String(error)}`, { cause: error, status: 500 });
}

function respond(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, {
    'content-type': request.headers['content-type'] ?? 'application/x-amz-json-1.0',
    'content-length': body.length,
    'x-amzn-requestid': headers?.['x-amzn-requestid'] ?? randomUUID(),
    ...(headers?.['x-amz-crc32'] === undefined ? {} : { 'x-amz-crc32': headers['x-amz-crc32'] }),
  });
  response.end(body);
}

const errorSchema = z.object({ __type: z.string() });

/** `com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException` without its namespace. */
function errorType(body: Buffer): string {
  const type = errorSchema.safeParse(JSON.parse(body.toString('utf8'))).data?.__type ?? 'InternalServerError';
  return type.slice(type.indexOf('#') + 1);
}
