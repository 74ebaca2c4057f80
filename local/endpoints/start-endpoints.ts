import { join } from 'node:path';
import { prepareDataDirectory } from '../data-directory.ts';
import { createCredentials, type FunctionCredentials } from '../iam/credentials.ts';
import type { Observer } from '../observe.ts';
import type { StackModel } from '../template/stack-model.ts';
import { startAwsGateway } from './aws-gateway.ts';
import { createTables } from './create-tables.ts';
import { startDynamoDb } from './dynamodb.ts';
import { createLocalKms } from './kms.ts';
import { startTtlSweep } from './ttl-sweep.ts';

export interface Endpoints {
  /** The AWS endpoint of the functions (`AWS_ENDPOINT_URL`). */
  readonly url: string;
  credentialsFor(functionName: string): FunctionCredentials;
  /** The engine itself, without IAM: for tests and for looking into tables. */
  readonly dynamodbEndpoint: string;
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

  const engine = await startDynamoDb(join(dataDirectory, 'dynamodb.sqlite'), stack.region);
  const { dynamodb } = engine;
  try {
    await createTables(dynamodb, stack.tables);
    const gateway = await startAwsGateway({ stack, credentials, dynamodb, kms, observer });
    const sweep = startTtlSweep({ dynamodb, tables: stack.tables, now });
    return {
      url: gateway.url,
      credentialsFor: (functionName) => credentials.of(functionName),
      dynamodbEndpoint: dynamodb.endpoint,
      async close() {
        await gateway.close();
        await sweep.stop();
        await engine.close();
      },
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}
