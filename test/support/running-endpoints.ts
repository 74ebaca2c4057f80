import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type Endpoints, startEndpoints } from '../../local/endpoints/start-endpoints.ts';
import type { FunctionCredentials } from '../../local/iam/credentials.ts';
import type { AwsCall } from '../../local/observe.ts';
import type { StackModel } from '../../local/template/stack-model.ts';

export interface RunningEndpoints {
  readonly dataDirectory: string;
  /** Every call so far, oldest first. */
  readonly calls: readonly AwsCall[];
  endpoints(): Endpoints;
  /** SDK clients with the credentials of a function; closed with the endpoints. */
  dynamodb(functionName: string, credentials?: Partial<FunctionCredentials>): DynamoDBClient;
  kms(functionName: string): KMSClient;
  sqs(functionName: string): SQSClient;
  s3(functionName: string): S3Client;
  start(): Promise<void>;
  /** Keeps the data. */
  stop(): Promise<void>;
  remove(): Promise<void>;
}

/** The local AWS endpoint of a stack, with its data in a temporary directory. */
export function createRunningEndpoints(stack: StackModel): RunningEndpoints {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'nexus-endpoints-'));
  const calls: AwsCall[] = [];
  const clients: { destroy(): void }[] = [];
  let running: Endpoints | undefined;

  const endpoints = (): Endpoints => {
    if (running === undefined) {
      throw new Error('the endpoints are not running');
    }
    return running;
  };
  const config = (functionName: string, credentials: Partial<FunctionCredentials> = {}) => ({
    endpoint: endpoints().url,
    region: stack.region,
    maxAttempts: 1,
    credentials: { ...endpoints().credentialsFor(functionName), ...credentials },
  });
  const closing = <T extends { destroy(): void }>(client: T): T => {
    clients.push(client);
    return client;
  };
  const stop = async (): Promise<void> => {
    for (const client of clients.splice(0)) {
      client.destroy();
    }
    await running?.close();
    running = undefined;
  };

  return {
    dataDirectory,
    calls,
    endpoints,
    dynamodb: (...parameters) => closing(new DynamoDBClient(config(...parameters))),
    kms: (functionName) => closing(new KMSClient(config(functionName))),
    sqs: (functionName) => closing(new SQSClient(config(functionName))),
    s3: (functionName) => closing(new S3Client(config(functionName))),
    async start() {
      const observer = { awsCall: (call: AwsCall) => void calls.push(call) };
      running = await startEndpoints({ stack, dataDirectory, observer });
    },
    stop,
    async remove() {
      await stop();
      rmSync(dataDirectory, { recursive: true });
    },
  };
}
