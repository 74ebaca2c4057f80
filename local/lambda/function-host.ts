import { randomUUID } from 'node:crypto';
import type { FunctionCredentials } from '../iam/credentials.ts';
import type { Observer } from '../observe.ts';
import type { FunctionModel } from '../template/stack-model.ts';
import type { FunctionError } from './environment-messages.ts';
import { createEnvironmentPool } from './environment-pool.ts';
import { type ResponseConsumer, type RunResult, startEnvironment } from './environment-process.ts';
import { environmentVariables } from './environment-variables.ts';

/** Lambda's limit of a buffered request and of a buffered response. */
const PAYLOAD_LIMIT_BYTES = 6_291_556;

/** What the Lambda API refuses before a function runs. */
export interface Rejection {
  readonly outcome: 'throttled' | 'request-too-large';
}
export type Failure = Exclude<RunResult, { outcome: 'ok' }> | Rejection;
export type InvokeResult = { readonly outcome: 'ok'; readonly payload: string } | Failure;
export type InvokeStreamResult = RunResult | Rejection;

export interface FunctionHost {
  /** Answers the whole response, JSON text unless the function streams something else. */
  invoke(event: unknown): Promise<InvokeResult>;
  invokeStreaming(event: unknown, consumer: ResponseConsumer): Promise<InvokeStreamResult>;
  /** Kills what runs; nothing is left when it resolves. */
  close(): Promise<void>;
}

export interface FunctionHostOptions {
  readonly function: FunctionModel;
  readonly region: string;
  readonly endpointUrl: string;
  readonly credentials: FunctionCredentials;
  readonly observer: Observer;
  /** Where the template reserves no concurrency. Default 16. */
  readonly maxEnvironments?: number;
  /** Default 29 s, for which API Gateway waits at most. */
  readonly maxWaitMs?: number;
  readonly idleMs?: number;
}

export function createFunctionHost(options: FunctionHostOptions): FunctionHost {
  const { function: model, observer } = options;
  const { functionName } = model;
  const variables = environmentVariables(options);
  const limit = model.reservedConcurrency ?? options.maxEnvironments ?? 16;
  const pool = createEnvironmentPool({
    start: () =>
      startEnvironment({
        function: model,
        variables,
        onLogLine: (line) => observer.logLine?.({ functionName, ...line }),
      }),
    limit,
    // Lambda throttles at once; one machine has few environments, so bursts queue instead.
    maxWaitMs: options.maxWaitMs ?? 29_000,
    idleMs: options.idleMs ?? 60_000,
    onThrottled: () =>
      observer.logLine?.({ functionName, stream: 'stderr', line: `throttled: ${limit} environments busy` }),
  });

  async function invokeStreaming(event: unknown, consumer: ResponseConsumer): Promise<InvokeStreamResult> {
    const payload = JSON.stringify(event);
    if (Buffer.byteLength(payload) > PAYLOAD_LIMIT_BYTES) return { outcome: 'request-too-large' };
    const lease = await pool.acquire();
    if (lease === undefined) return { outcome: 'throttled' };
    const requestId = randomUUID();
    const startedAt = performance.now();
    const result = await lease.environment.run({ requestId, event: payload }, consumer);
    pool.release(lease.environment);
    if (result.outcome === 'timeout' || result.outcome === 'crash') {
      observer.logLine?.({ functionName, stream: 'stderr', line: result.error.errorMessage });
    }
    observer.invocation?.({
      functionName,
      requestId,
      coldStart: lease.coldStart,
      durationMs: performance.now() - startedAt,
      outcome: result.outcome,
    });
    return result;
  }

  async function invoke(event: unknown): Promise<InvokeResult> {
    const body = collect();
    const result = await invokeStreaming(event, body);
    if (result.outcome !== 'ok') return result;
    const payload = body.text();
    return payload === undefined ? { outcome: 'error', error: RESPONSE_TOO_LARGE } : { outcome: 'ok', payload };
  }

  return { invoke, invokeStreaming, close: pool.close };
}

const RESPONSE_TOO_LARGE: FunctionError = {
  errorType: 'Function.ResponseSizeTooLarge',
  errorMessage: `Response payload size exceeded maximum allowed payload size (${PAYLOAD_LIMIT_BYTES} bytes).`,
};

function collect(): ResponseConsumer & { text(): string | undefined } {
  const chunks: Uint8Array[] = [];
  let size = 0;
  return {
    write(bytes) {
      size += bytes.byteLength;
      if (size <= PAYLOAD_LIMIT_BYTES) chunks.push(bytes);
    },
    text: () => (size <= PAYLOAD_LIMIT_BYTES ? Buffer.concat(chunks).toString('utf8') : undefined),
  };
}
