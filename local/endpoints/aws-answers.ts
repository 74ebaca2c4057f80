import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from './aws-error.ts';
import type { AwsAnswer } from './aws-request.ts';
import { escapeXml } from './s3-list.ts';

/** How a service of AWS says that something went wrong. */
export type FailureProtocol = 'json' | 'sqs' | 's3';

export function jsonAnswer(body: unknown): AwsAnswer {
  return { status: 200, headers: {}, body: Buffer.from(JSON.stringify(body)) };
}

export function failureAnswer(protocol: FailureProtocol, error: AwsError): AwsAnswer {
  const { type, message, status } = error;
  if (protocol === 's3') return xmlFailure(error);
  const queryError = protocol === 'sqs' ? { 'x-amzn-query-error': `${queryCode(type)};Sender` } : {};
  const __type = protocol === 'sqs' ? `com.amazonaws.sqs#${type}` : type;
  return { status, headers: queryError, body: Buffer.from(JSON.stringify({ __type, message })) };
}

function xmlFailure({ type, message, status }: AwsError): AwsAnswer {
  const code = type === 'AccessDeniedException' ? 'AccessDenied' : type;
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${escapeXml(message)}</Message><RequestId>${randomUUID()}</RequestId></Error>`;
  return {
    status: code === 'AccessDenied' ? 403 : status,
    headers: { 'content-type': 'application/xml' },
    body: Buffer.from(body),
  };
}

/** The names that SQS's older protocol gives its errors, which clients still see: those of its own have a namespace. */
const queryCode = (type: string): string =>
  QUERY_CODES[type] ?? (OWN_ERRORS.has(type) ? `AWS.SimpleQueueService.${type}` : type);

const QUERY_CODES: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AccessDenied',
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
};
const OWN_ERRORS: ReadonlySet<string> = new Set([
  'BatchEntryIdsNotDistinct',
  'BatchRequestTooLong',
  'EmptyBatchRequest',
  'MessageNotInflight',
  'TooManyEntriesInBatchRequest',
  'UnsupportedOperation',
]);

export function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) {
    return error;
  }
  return error instanceof z.ZodError
    ? new AwsError('ValidationException', z.prettifyError(error), { cause: error })
    : new AwsError('InternalServerError', `the local endpoint failed: ${String(error)}`, { cause: error, status: 500 });
}

const jsonError = z.object({ __type: z.string() });

/** `com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException` without its namespace. */
export function engineErrorType({ body }: AwsAnswer): string {
  const type = jsonError.safeParse(JSON.parse(body.toString('utf8'))).data?.__type ?? 'InternalServerError';
  return type.slice(type.indexOf('#') + 1);
}
