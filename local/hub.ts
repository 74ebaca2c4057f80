import { type HttpListener, listen } from './api/http-listener.ts';
import { createRestApi } from './api/rest-api.ts';
import { openControlDoor } from './control/control-door.ts';
import { lockDataDirectory } from './data-directory-lock.ts';
import { type Endpoints, startEndpoints } from './endpoints/start-endpoints.ts';
import { assertLogAccess } from './iam/assert-log-access.ts';
import { assertTriggerAccess } from './iam/assert-trigger-access.ts';
import { createIssuer } from './issuer/issuer.ts';
import type { TokenRequest } from './issuer/mint-token.ts';
import { createFunctionHost } from './lambda/function-host.ts';
import type { Observer } from './observe.ts';
import { readStack } from './template/read-stack.ts';
import type { FunctionModel, StackModel } from './template/stack-model.ts';
import { loadIdentity } from './template/state.ts';
import { startTriggers } from './triggers/start-triggers.ts';

export interface LocalHubOptions {
  /** Output of synth, of a stage whose template has the parameter `PublicUrl`. */
  readonly assemblyDirectory: string;
  readonly dataDirectory: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly observer?: Observer;
  /** Answers below `/<stage>` too, as at API Gateway's own address; for tests. */
  readonly stagePath?: boolean;
  /** Makes the assembly, once the data directory and the port belong to this hub and no other. */
  readonly prepare?: () => Promise<void>;
}

export interface LocalHub {
  readonly url: string;
  readonly issuer: string;
  /** What the issuer's sign-in page asks for. */
  readonly signInCode: string;
  readonly stack: StackModel;
  /** The database itself, without IAM: for looking into tables. */
  readonly dynamodbEndpoint: string;
  mintToken(request: TokenRequest): Promise<string>;
  /** Stops everything; nothing is left running when it resolves. */
  close(): Promise<void>;
}

/** Runs the whole stack on this machine: what the template declares, with the bundles that deploy. */
export async function startLocalHub(options: LocalHubOptions): Promise<LocalHub> {
  const started: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (const stop of started.splice(0).reverse()) await stop();
  };
  try {
    started.push(lockDataDirectory(options.dataDirectory));
    const listener = await listen(options.port);
    started.push(() => listener.close());
    await options.prepare?.();
    return { ...(await startStack(options, listener, started)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startStack(
  { assemblyDirectory, dataDirectory, stagePath, observer = {} }: LocalHubOptions,
  listener: HttpListener,
  started: (() => Promise<void> | void)[],
): Promise<Omit<LocalHub, 'close'>> {
  const { url } = listener;
  const stack = readStack({
    assemblyDirectory,
    parameters: { PublicUrl: url },
    identity: loadIdentity({ assemblyDirectory, dataDirectory }),
  });
  assertLogAccess(stack);
  assertTriggerAccess(stack);
  const issuer = await createIssuer({ publicUrl: url, dataDirectory });
  const endpoints = await startEndpoints({ stack, dataDirectory, observer });
  started.push(() => endpoints.close());
  const functions = hostFunctions(stack, endpoints, observer);
  started.push(async () => {
    await Promise.all([...functions.values()].map(({ host }) => host.close()));
  });
  if (stack.queues.length + stack.schedules.length > 0) {
    await startUnasked({ stack, dataDirectory, observer, functions, store: endpoints.queueStore }, started);
  }
  listener.serve(createRestApi({ stack, functions, stagePath, extraHandlers: issuer.handlers }));
  return {
    url,
    issuer: issuer.url,
    signInCode: issuer.signInCode,
    stack,
    dynamodbEndpoint: endpoints.dynamodbEndpoint,
    mintToken: (request) => issuer.mintToken(request),
  };
}

/** What invokes functions by itself, with a door for the commands that look after it. */
async function startUnasked(
  options: Omit<Parameters<typeof startTriggers>[0], 'now' | 'functions'> & {
    readonly functions: ReturnType<typeof hostFunctions>;
    readonly dataDirectory: string;
  },
  started: (() => Promise<void> | void)[],
): Promise<void> {
  const { stack, store, functions, dataDirectory } = options;
  const now = Date.now;
  const triggers = startTriggers({ ...options, now });
  started.push(async () => {
    triggers.stop();
    // What still runs would keep its messages: they are received again at the next start.
    await Promise.all([...functions.values()].map(({ host }) => host.close()));
    await triggers.finished();
  });
  const door = await openControlDoor({ stack, store, scheduler: triggers.scheduler, now }, dataDirectory);
  started.push(() => door.close());
}

function hostFunctions({ region, functions, queues }: StackModel, endpoints: Endpoints, observer: Observer) {
  const hosted = (model: FunctionModel) => ({
    model,
    host: createFunctionHost({
      function: withLocalQueues(model, queues, endpoints.url),
      region,
      endpointUrl: endpoints.url,
      credentials: endpoints.credentialsFor(model.functionName),
      observer,
    }),
  });
  return new Map(functions.map((model) => [model.arn, hosted(model)]));
}

/** The SDK calls the host of a queue's URL: functions are given that of the local endpoint. */
function withLocalQueues(model: FunctionModel, queues: StackModel['queues'], endpointUrl: string): FunctionModel {
  const local = new Map(queues.map(({ url }) => [url, endpointUrl + new URL(url).pathname]));
  const variables = Object.entries(model.environment).map(
    ([name, value]) => [name, local.get(value) ?? value] as const,
  );
  return { ...model, environment: Object.fromEntries(variables) };
}
