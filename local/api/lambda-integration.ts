import type { Failure, FunctionHost, InvokeResult } from '../lambda/function-host.ts';
import type { Answer } from './answer.ts';
import { GatewayError } from './gateway-error.ts';
import { malformedResponse, readProxyResponse } from './proxy-response.ts';

export interface BufferedIntegrationOptions {
  readonly host: FunctionHost;
  readonly event: unknown;
  readonly timeoutMs: number;
  readonly accept: string | undefined;
  readonly binaryMediaTypes: readonly string[];
}

/** Invokes a function and answers once its response is complete. A function that is too slow goes on unheard. */
export async function answerBuffered({
  host,
  event,
  timeoutMs,
  ...binary
}: BufferedIntegrationOptions): Promise<Answer> {
  const limit = Promise.withResolvers<InvokeResult>();
  const timer = setTimeout(() => limit.reject(new GatewayError('INTEGRATION_TIMEOUT')), timeoutMs);
  try {
    const result = await Promise.race([host.invoke(event), limit.promise]);
    if (result.outcome === 'ok') return readProxyResponse(result.payload, binary);
    throw failedInvocation(result);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * "If the Lambda API rejects the invocation request, API Gateway returns a 500 error code. If the function runs but
 * returns an error, or returns a response in the wrong format, API Gateway returns a 502."
 * https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html#services-apigateway-errors
 */
export function failedInvocation({ outcome }: Failure): GatewayError {
  if (outcome === 'request-too-large') return new GatewayError('REQUEST_TOO_LARGE');
  // So a throttled function is a 500 here, not a 429.
  return outcome === 'throttled' ? new GatewayError('DEFAULT_5XX') : malformedResponse();
}
