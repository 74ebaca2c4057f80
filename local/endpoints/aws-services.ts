import type { AwsRequest } from '../iam/authorize-call.ts';
import { jsonAnswer } from './aws-answers.ts';
import { AwsError } from './aws-error.ts';
import type { AwsAnswer, AwsHttpRequest } from './aws-request.ts';
import type { LocalDynamoDb } from './dynamodb-request.ts';
import type { LocalKms } from './kms.ts';
import type { LocalS3 } from './s3.ts';
import { parseS3Request } from './s3-request.ts';
import type { LocalSqs } from './sqs.ts';

/** The services behind the endpoint; those that the template has no use for are absent. */
export interface AwsServices {
  readonly dynamodb: LocalDynamoDb;
  readonly kms: LocalKms;
  readonly sqs: LocalSqs | undefined;
  readonly s3: LocalS3 | undefined;
}

export interface Target {
  readonly service: AwsRequest['service'] | 'unknown';
  /** Empty until an S3 request has been understood. */
  readonly operation: string;
}

/** What a service may want to know beside the request. */
export interface Exchange {
  /** Scheme and host that the client used. */
  readonly origin: string;
  /** Aborts when the client has gone. */
  readonly gone: AbortSignal;
  /** Whether the caller may list a bucket. */
  mayList(bucketName: string): boolean;
}

export interface Call {
  readonly access: AwsRequest;
  perform(exchange: Exchange): Promise<AwsAnswer>;
}

/** `X-Amz-Target` prefixes of the services, as their API models name them. */
const PREFIXES: Readonly<Record<string, 'dynamodb' | 'kms' | 'sqs'>> = {
  DynamoDB_20120810: 'dynamodb',
  TrentService: 'kms',
  AmazonSQS: 'sqs',
};

/** S3 alone has no such header: its requests are known by what they are signed for. */
export function targetOf({ headers }: AwsHttpRequest): Target {
  const [prefix = '', operation = ''] = (headers['x-amz-target'] ?? '').split('.');
  const service = Object.hasOwn(PREFIXES, prefix) ? PREFIXES[prefix] : undefined;
  if (service !== undefined) return { service, operation };
  return { service: /\/s3\/aws4_request/.test(headers['authorization'] ?? '') ? 's3' : 'unknown', operation };
}

/** Throws AWS's error for what is not emulated, and for a service that the template has nothing of. */
export function readCall(services: AwsServices, { service, operation }: Target, request: AwsHttpRequest): Call {
  switch (service) {
    case 'unknown':
      throw new AwsError('UnknownOperationException', 'no such service locally');
    case 's3':
      return s3Call(services.s3, request);
    case 'dynamodb': {
      const body = parseJson(request.body);
      return {
        access: { service, operation, body },
        perform: () => forward(services.dynamodb, operation, request.body),
      };
    }
    case 'kms': {
      const body = parseJson(request.body);
      return {
        access: { service, operation, body },
        perform: async () => jsonAnswer(services.kms.handle(operation, body)),
      };
    }
    case 'sqs': {
      const body = parseJson(request.body);
      const sqs = services.sqs ?? absent('queue');
      return {
        access: { service, operation, body },
        perform: async (exchange) => jsonAnswer(await sqs.handle(operation, body, exchange)),
      };
    }
  }
}

function s3Call(s3: LocalS3 | undefined, request: AwsHttpRequest): Call {
  const parsed = parseS3Request(request);
  const service = s3 ?? absent('bucket');
  return {
    access: { service: 's3', operation: parsed.operation, body: parsed },
    perform: async ({ mayList }) => service.handle(parsed, () => mayList(parsed.bucketName)),
  };
}

function absent(what: string): never {
  throw new AwsError('UnknownOperationException', `the template has no ${what}`);
}

async function forward(dynamodb: LocalDynamoDb, operation: string, text: Buffer): Promise<AwsAnswer> {
  const { status, headers, body } = await dynamodb.send(operation, text);
  const kept = ['x-amzn-requestid', 'x-amz-crc32'].flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return { status, headers: Object.fromEntries(kept), body };
}

function parseJson(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8'));
  } catch (cause) {
    throw new AwsError('SerializationException', 'the request body is not JSON', { cause });
  }
}
