import * as z from 'zod';
import type { Answer } from './answer.ts';
import { GatewayError } from './gateway-error.ts';
import { matchesMediaType } from './media-type.ts';
import { integrationHeaders } from './response-headers.ts';

const headerValue = z.union([z.string(), z.number(), z.boolean()]);
const head = {
  statusCode: z.coerce.number().int().min(100).max(599),
  headers: z.record(z.string(), headerValue).nullish(),
  multiValueHeaders: z.record(z.string(), z.array(headerValue)).nullish(),
};

const proxyResponseSchema = z.strictObject({
  ...head,
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});
const preludeSchema = z.strictObject({ ...head, cookies: z.array(z.string()).optional() });

/** An answer that API Gateway cannot read is not shown to the client. */
export const malformedResponse = (): GatewayError => new GatewayError('DEFAULT_5XX', { statusCode: 502 });

/** Reads what a function returned to a buffered proxy integration. */
export function readProxyResponse(payload: string, { accept, binaryMediaTypes }: BinaryOptions): Answer {
  const { statusCode, headers, multiValueHeaders, body, isBase64Encoded } = parse(proxyResponseSchema, payload);
  const decode = isBase64Encoded === true && matchesMediaType(binaryMediaTypes, accept ?? '');
  return {
    statusCode,
    headers: withContentType(integrationHeaders(headers ?? {}, multiValueHeaders ?? {})),
    body: decode ? Buffer.from(body ?? '', 'base64') : (body ?? ''),
  };
}

interface BinaryOptions {
  /** The request's Accept header: base64 is decoded only when its first type is a binary one of the API. */
  readonly accept: string | undefined;
  readonly binaryMediaTypes: readonly string[];
}

/** Reads the JSON in front of a streamed response's body. */
export function readPrelude(text: string): Omit<Answer, 'body'> {
  const { statusCode, headers, multiValueHeaders, cookies = [] } = parse(preludeSchema, text);
  const setCookie = cookies.map((cookie): [string, string] => ['Set-Cookie', cookie]);
  return {
    statusCode,
    headers: withContentType([...integrationHeaders(headers ?? {}, multiValueHeaders ?? {}), ...setCookie]),
  };
}

function parse<T>(schema: z.ZodType<T>, text: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw malformedResponse();
  }
}

function withContentType(headers: readonly [string, string][]): [string, string][] {
  const isGiven = headers.some(([name]) => name.toLowerCase() === 'content-type');
  return isGiven ? [...headers] : [['Content-Type', 'application/json'], ...headers];
}
