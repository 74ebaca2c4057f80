/** One AWS API call that a function made, as the local endpoint saw it. Times are `performance.now()` milliseconds. */
export interface AwsCall {
  readonly functionName: string;
  /** `dynamodb`, `kms`, `sqs` or `s3`. */
  readonly service: string;
  /** `Query`, `Decrypt`, ... */
  readonly operation: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly httpStatus: number;
  readonly errorType: string | undefined;
  /** Raw request body, for tests that count bytes or look for secrets. */
  readonly requestBody: string;
}

/** One line that a function wrote. */
export interface FunctionLogLine {
  readonly functionName: string;
  readonly stream: 'stdout' | 'stderr';
  readonly line: string;
}

/** One invocation of a function. */
export interface Invocation {
  readonly functionName: string;
  readonly requestId: string;
  readonly coldStart: boolean;
  readonly durationMs: number;
  readonly outcome: 'ok' | 'error' | 'timeout' | 'crash';
}

/** What a running local hub tells whoever listens: the terminal, and the tests. */
export interface Observer {
  /** Before a call is looked at, which waits for it: how tests make sure of what happens at the same time. */
  awsCallArrived?(): Promise<void>;
  awsCall?(call: AwsCall): void;
  logLine?(line: FunctionLogLine): void;
  invocation?(invocation: Invocation): void;
}
