import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { ResponseConsumer } from '../lambda/environment-process.ts';
import type { FunctionHost } from '../lambda/function-host.ts';
import { GatewayError } from './gateway-error.ts';
import { failedInvocation } from './lambda-integration.ts';
import { malformedResponse, readPrelude } from './proxy-response.ts';
import { createPreludeReader } from './stream-prelude.ts';
import { writeHead } from './write-answer.ts';

export interface StreamingIntegrationOptions {
  readonly host: FunctionHost;
  readonly event: unknown;
  readonly timeoutMs: number;
  readonly response: ServerResponse;
}

/**
 * Invokes a function and passes its response on as it comes. Until the prelude is complete a failure is an answer of
 * the gateway; after it, the connection breaks, because the status has been sent.
 */
export async function answerStreaming(options: StreamingIntegrationOptions): Promise<void> {
  const { host, event, timeoutMs, response } = options;
  const gone = new AbortController();
  const timer = setTimeout(() => gone.abort(new GatewayError('INTEGRATION_TIMEOUT')), timeoutMs);
  response.once('close', () => gone.abort());
  const failed = once(gone.signal, 'abort').then((): never => {
    throw gone.signal.reason;
  });
  try {
    const result = await Promise.race([host.invokeStreaming(event, forwardTo(response, gone)), failed]);
    if (result.outcome !== 'ok') throw failedInvocation(result);
    if (!response.headersSent) throw malformedResponse();
    response.end();
  } catch (error) {
    if (!response.headersSent) throw error;
    response.destroy();
  } finally {
    clearTimeout(timer);
  }
}

function forwardTo(response: ServerResponse, gone: AbortController): ResponseConsumer {
  const reader = createPreludeReader();
  return {
    signal: gone.signal,
    async write(bytes) {
      if (response.headersSent) {
        await forward(response, bytes, gone.signal);
        return;
      }
      const read = reader.push(bytes);
      if (read.state === 'malformed') gone.abort(malformedResponse());
      if (read.state !== 'complete') return;
      startResponse(response, read.prelude, gone);
      if (read.rest.length > 0) await forward(response, read.rest, gone.signal);
    },
  };
}

function startResponse(response: ServerResponse, prelude: string, gone: AbortController): void {
  try {
    writeHead(response, readPrelude(prelude));
    response.flushHeaders();
  } catch (error) {
    gone.abort(error);
  }
}

async function forward(response: ServerResponse, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
  if (!response.write(bytes)) await once(response, 'drain', { signal });
}
