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

/** Messages of a queue that invoked a function together. */
export interface QueueBatch {
  readonly queueName: string;
  readonly functionName: string;
  readonly messages: number;
  /** Those that stay in the queue, for another attempt or the dead-letter queue. */
  readonly failed: number;
}

/** A schedule that fired. */
export interface ScheduleFired {
  readonly scheduleName: string;
  readonly functionArn: string;
  /** ISO 8601. */
  readonly scheduledTime: string;
  /** On demand, and not because it was time. */
  readonly manual: boolean;
}

/** What a running local hub tells whoever listens: the terminal, and the tests. */
export interface Observer {
  /** Before a call is looked at, which waits for it: how tests make sure of what happens at the same time. */
  awsCallArrived?(): Promise<void>;
  awsCall?(call: AwsCall): void;
  logLine?(line: FunctionLogLine): void;
  invocation?(invocation: Invocation): void;
  batch?(batch: QueueBatch): void;
  schedule?(fired: ScheduleFired): void;
}
