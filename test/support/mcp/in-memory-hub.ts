import { randomBytes } from 'node:crypto';
import { createKmsSecretBox } from '../../../lambdas/adapters/kms-vault/kms-secret-box.ts';
import type { VaultPurpose } from '../../../lambdas/contract.ts';
import type { CallReader } from '../../../lambdas/hub/calls/call-reader.ts';
import { createCallTool } from '../../../lambdas/hub/calls/call-tool.ts';
import { createCompleteArgument } from '../../../lambdas/hub/calls/complete-argument.ts';
import { createFindPrompt } from '../../../lambdas/hub/calls/find-prompt.ts';
import { createFindServer } from '../../../lambdas/hub/calls/find-server.ts';
import { createFindTool } from '../../../lambdas/hub/calls/find-tool.ts';
import { createGetPrompt } from '../../../lambdas/hub/calls/get-prompt.ts';
import { createReadResource } from '../../../lambdas/hub/calls/read-resource.ts';
import { createRequestStates } from '../../../lambdas/hub/calls/request-state.ts';
import { createListPrompts } from '../../../lambdas/hub/catalog/list-prompts.ts';
import { createListResources, createListResourceTemplates } from '../../../lambdas/hub/catalog/list-resources.ts';
import { createListTools } from '../../../lambdas/hub/catalog/list-tools.ts';
import { createSearchTools } from '../../../lambdas/hub/catalog/search-tools.ts';
import { createCallAsJob } from '../../../lambdas/hub/jobs/call-as-job.ts';
import { createCancelJob } from '../../../lambdas/hub/jobs/cancel-job.ts';
import { createJobId } from '../../../lambdas/hub/jobs/job-id.ts';
import { createReadJob } from '../../../lambdas/hub/jobs/read-job.ts';
import { createSubmitJob } from '../../../lambdas/hub/jobs/submit-job.ts';
import { createAllTasks } from '../../../lambdas/hub/tasks/all-tasks.ts';
import { createBridgeTask } from '../../../lambdas/hub/tasks/bridge-task.ts';
import { createBridgedTasks } from '../../../lambdas/hub/tasks/bridged-tasks.ts';
import { createJobTasks } from '../../../lambdas/hub/tasks/job-tasks.ts';
import { createStartTask } from '../../../lambdas/hub/tasks/start-task.ts';
import { createHandleId } from '../../../lambdas/hub/tasks/task-handle.ts';
import type { Upstream } from '../../../lambdas/hub/upstreams/upstream.ts';
import { createMcpEndpoint, type McpEndpoint } from '../../../lambdas/mcp/mcp-endpoint.ts';
import { createShownServer } from '../../../lambdas/mcp/shown-server.ts';
import { type InMemoryJobStore, inMemoryJobStore } from '../jobs/in-memory-job-store.ts';
import { inMemoryResults } from '../jobs/simulated-hub.ts';
import { createInMemoryKms } from '../in-memory-kms.ts';
import { inMemoryTaskHandles } from './in-memory-task-handles.ts';
import { type InMemoryStores, inMemoryStores, type TenantSetup } from './in-memory-stores.ts';

export interface InMemoryHubOptions {
  readonly tenants: Readonly<Record<string, TenantSetup>>;
  /** What of the upstream is used; everything else fails the test. */
  readonly upstream?: Partial<Upstream>;
  readonly now?: () => number;
  /** Is waited for before any store or key answers. */
  readonly pause?: (what: string) => Promise<unknown>;
}

export interface InMemoryHub {
  readonly endpoint: McpEndpoint;
  readonly stores: InMemoryStores;
  readonly jobs: InMemoryJobStore;
  /** Every failure that the endpoint wanted in the log. */
  readonly reported: readonly unknown[];
}

/** The MCP face over the real use cases and the real vault; stores, key service and servers are in memory. */
export function createInMemoryHub({
  tenants,
  upstream: partial = {},
  now = () => 0,
  pause = () => Promise.resolve(),
}: InMemoryHubOptions): InMemoryHub {
  const stores = inMemoryStores(tenants, pause);
  const { calls, config, catalog } = stores;
  const kms = pausing(createInMemoryKms(), pause);
  const boxFor = (purpose: VaultPurpose) => createKmsSecretBox({ kms, keyArn: 'key', stage: 'test', now, purpose });
  const upstream = onlyWhatIsGiven(partial);
  const reported: unknown[] = [];
  const jobs = inMemoryJobStore({ now, retentionMs: RETENTION_MS });
  const queue = { send: async () => undefined };
  const submitJob = createSubmitJob({
    store: jobs,
    queue,
    now,
    random: () => 0,
    pause: () => pause('insist'),
    newJobId: () => createJobId(now(), randomBytes),
  });
  const results = inMemoryResults();
  const readJob = createReadJob({ store: jobs, results });
  const cancelJob = createCancelJob({ store: jobs, now });
  const limitJobs = async () => undefined;
  const handles = inMemoryTaskHandles(now);
  const call = { box: boxFor('upstream-config'), upstream };
  const endpoint = createMcpEndpoint({
    listTools: createListTools({ config, catalog }),
    searchTools: createSearchTools({ config, catalog }),
    listResources: createListResources({ config, catalog }),
    listResourceTemplates: createListResourceTemplates({ config, catalog }),
    listPrompts: createListPrompts({ config, catalog }),
    findTool: createFindTool({ calls }),
    callTool: createCallTool(call),
    callAsJob: createCallAsJob({
      limitJobs,
      submitJob,
      store: jobs,
      results,
      cancelJob,
      pause: () => pause('poll'),
      now,
    }),
    startTask: createStartTask({ limitJobs, submitJob, retentionMs: RETENTION_MS }),
    bridgeTask: createBridgeTask({
      handles,
      newHandleId: () => createHandleId(randomBytes),
      now,
      retentionMs: RETENTION_MS,
    }),
    tasks: createAllTasks({
      jobs: createJobTasks({ store: jobs, readJob, cancelJob, retentionMs: RETENTION_MS }),
      bridged: createBridgedTasks({ ...call, handles, calls }),
    }),
    findServer: createFindServer({ calls }),
    readResource: createReadResource(call),
    findPrompt: createFindPrompt({ calls, catalog }),
    getPrompt: createGetPrompt(call),
    completeArgument: createCompleteArgument(call),
    describeTool: createFindTool({ calls }),
    shown: createShownServer(calls satisfies CallReader),
    states: createRequestStates({ box: boxFor('request-state'), now }),
    report: (error) => reported.push(error),
  });
  return { endpoint, stores, jobs, reported };
}

export const RETENTION_MS = 7 * 24 * 3600_000;

function pausing(
  kms: ReturnType<typeof createInMemoryKms>,
  pause: (what: string) => Promise<unknown>,
): ReturnType<typeof createInMemoryKms> {
  return {
    ...kms,
    send: async (command: never) => {
      await pause('kms');
      return kms.send(command);
    },
  };
}

function onlyWhatIsGiven(given: Partial<Upstream>): Upstream {
  const unexpected = (): never => {
    throw new Error('this test does not expect the server to be asked');
  };
  return {
    callTool: unexpected,
    readResource: unexpected,
    getPrompt: unexpected,
    complete: unexpected,
    getTask: unexpected,
    updateTask: unexpected,
    cancelTask: unexpected,
    ...given,
  };
}
