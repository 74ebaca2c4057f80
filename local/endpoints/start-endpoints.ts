import { join } from 'node:path';
import { prepareDataDirectory } from '../data-directory.ts';
import { createCredentials, type FunctionCredentials } from '../iam/credentials.ts';
import { openObjectStore } from '../objects/object-store.ts';
import type { Observer } from '../observe.ts';
import { openQueueStore, type QueueStore } from '../queues/queue-store.ts';
import type { StackModel } from '../template/stack-model.ts';
import { startAwsGateway } from './aws-gateway.ts';
import { createTables } from './create-tables.ts';
import { startDynamoDb } from './dynamodb.ts';
import { createLocalKms } from './kms.ts';
import { createLocalS3, expireObjects } from './s3.ts';
import { createLocalSqs } from './sqs.ts';
import { startTtlSweep } from './ttl-sweep.ts';

export interface Endpoints {
  /** The AWS endpoint of the functions (`AWS_ENDPOINT_URL`). */
  readonly url: string;
  credentialsFor(functionName: string): FunctionCredentials;
  /** The engine itself, without IAM: for tests and for looking into tables. */
  readonly dynamodbEndpoint: string;
  /** Absent without a queue in the template. */
  readonly queueStore: QueueStore | undefined;
  close(): Promise<void>;
}

/** Brings up everything of AWS that the stack's functions call, with their data in `dataDirectory`. */
export async function startEndpoints(input: {
  readonly stack: StackModel;
  readonly dataDirectory: string;
  readonly observer: Observer;
}): Promise<Endpoints> {
  const { stack, dataDirectory, observer } = input;
  const now = Date.now;
  prepareDataDirectory(dataDirectory);
  const kms = createLocalKms({ keys: stack.keys, keyFile: join(dataDirectory, 'kms-keys.json') });
  const credentials = createCredentials({ functions: stack.functions, region: stack.region, now });
  const started: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (const stop of started.splice(0).reverse()) await stop();
  };
  try {
    const engine = await startDynamoDb(join(dataDirectory, 'dynamodb.sqlite'), stack.region);
    started.push(() => engine.close());
    const { dynamodb } = engine;
    await createTables(dynamodb, stack.tables);
    const sweep = startTtlSweep({ dynamodb, tables: stack.tables, now });
    started.push(() => sweep.stop());
    const queueStore = openQueues(stack, dataDirectory, now);
    if (queueStore !== undefined) started.push(() => queueStore.close());
    const objects = openObjects(stack, dataDirectory, now);
    if (objects !== undefined) started.push(() => objects.close());
    const sqs = queueStore && createLocalSqs(stack.queues, queueStore);
    const services = { dynamodb, kms, sqs, s3: objects?.s3 };
    const gateway = await startAwsGateway({ stack, credentials, services, observer });
    started.push(() => gateway.close());
    return {
      url: gateway.url,
      credentialsFor: (functionName) => credentials.of(functionName),
      dynamodbEndpoint: dynamodb.endpoint,
      queueStore,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function openQueues({ queues }: StackModel, dataDirectory: string, now: () => number): QueueStore | undefined {
  return queues.length === 0 ? undefined : openQueueStore({ file: join(dataDirectory, 'queues.sqlite'), queues, now });
}

const EXPIRE_EVERY_MS = 60_000;

function openObjects({ buckets }: StackModel, dataDirectory: string, now: () => number) {
  if (buckets.length === 0) return undefined;
  const store = openObjectStore(join(dataDirectory, 'objects.sqlite'));
  const expiry = setInterval(() => expireObjects(store, buckets, now()), EXPIRE_EVERY_MS).unref();
  return {
    s3: createLocalS3({ buckets, store, now }),
    close() {
      clearInterval(expiry);
      store.close();
    },
  };
}
