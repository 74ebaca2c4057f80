import { createCallTool } from '../../../lambdas/hub/calls/call-tool.ts';
import type { CallReader } from '../../../lambdas/hub/calls/call-reader.ts';
import { createServerTasks } from '../../../lambdas/hub/calls/server-tasks.ts';
import { createFindTool } from '../../../lambdas/hub/calls/find-tool.ts';
import { HubError } from '../../../lambdas/hub/hub-error.ts';
import { createCancelJob } from '../../../lambdas/hub/jobs/cancel-job.ts';
import { createFailPoisoned } from '../../../lambdas/hub/jobs/fail-poisoned.ts';
import type { Job } from '../../../lambdas/hub/jobs/job.ts';
import { createJobId } from '../../../lambdas/hub/jobs/job-id.ts';
import type { JobQueue } from '../../../lambdas/hub/jobs/job-queue.ts';
import type { JobResults } from '../../../lambdas/hub/jobs/job-results.ts';
import type { JobStore } from '../../../lambdas/hub/jobs/job-store.ts';
import { createRunJob } from '../../../lambdas/hub/jobs/run-job.ts';
import { createSubmitJob } from '../../../lambdas/hub/jobs/submit-job.ts';
import { createSweepJobs } from '../../../lambdas/hub/jobs/sweep-jobs.ts';
import type { JsonObject } from '../../../lambdas/hub/json.ts';
import { inMemoryStores } from '../mcp/in-memory-stores.ts';
import { BUSY_TOOL, isUnsafe, POISON_TOOL } from './job-witness.ts';
import type { Environment, World } from './simulated-environment.ts';
import type { SimulatedTasks, TakeEffect } from './simulated-tasks.ts';
import { simulatedUpstream } from './simulated-upstream.ts';

export const TENANTS = ['acme', 'globex', 'initech'] as const;
/** What is asked for; the last ones are never called. */
export const TOOLS = ['srv_unsafe', 'srv_unsafe', 'srv_safe', 'srv_disabled', 'srv_gone'] as const;

export interface SimulatedPorts {
  readonly store: JobStore;
  readonly queue: JobQueue;
  readonly results: JobResults;
  readonly takeEffect: TakeEffect;
  readonly tasks: SimulatedTasks;
  readonly isCalm: () => boolean;
}

const definitions = ['unsafe', 'safe', 'disabled', 'busy'].map((name) => ({ name, inputSchema: { type: 'object' } }));
const permissions = { default: 'enabled', tools: { srv_disabled: 'disabled' } } as const;
const setup = { servers: [{ slug: 'srv', tools: definitions }], permissions };
const { calls } = inMemoryStores(Object.fromEntries(TENANTS.map((tenant) => [tenant, setup])));

/** A tool of a tenant, with nothing in its way. */
export const simulatedCallable = createFindTool({ calls });

/** The use cases as they are, in one process. */
export function simulatedHub(world: World, environment: Environment, ports: SimulatedPorts) {
  const { chance } = world;
  const { now, pause, guard } = environment;
  const random = chance.next;
  const store = guard(ports.store);
  const queue = guard(ports.queue);
  const reader = guard(limitedReader(world, ports));
  const upstream = { ...NO_OTHER_USE, ...simulatedUpstream(world, environment, ports) };
  const box = { seal: unused, open: unused };
  return {
    submitJob: createSubmitJob({ store, queue, now, random, pause, newJobId: () => createJobId(now(), chance.bytes) }),
    cancelJob: createCancelJob({ store, now }),
    sweepJobs: createSweepJobs({ store, queue, now, random }),
    failPoisoned: createFailPoisoned({ store, now, random, pause }),
    runJob: createRunJob({
      store: { ...store, get: (tenantId, jobId) => store.get(tenantId, jobId).then(readable) },
      queue,
      results: guard(ports.results),
      findTool: createFindTool({ calls: reader }),
      callTool: createCallTool({ box, upstream }),
      serverTasks: createServerTasks({ box, upstream }),
      report: () => undefined,
      isRepeatable: ({ tool }) => !isUnsafe(tool.definition.name),
      newOwner: () => Buffer.from(chance.bytes(8)).toString('hex'),
      now,
      random,
      pause,
    }),
  };
}

/** What a defect throws. */
export class Poison extends Error {}

function readable(job: Job | undefined): Job | undefined {
  if (job?.tool === POISON_TOOL) throw new Poison();
  return job;
}

function limitedReader({ chance }: World, { isCalm }: SimulatedPorts): CallReader {
  return {
    ...calls,
    async read(tenantId, slug, exposedName) {
      if (exposedName === BUSY_TOOL) throw limited(3_600);
      if (!isCalm() && chance.happens(0.15)) throw limited(chance.between(1, 60));
      return calls.read(tenantId, slug, exposedName);
    },
  };
}

function limited(retryAfterSeconds: number): HubError {
  return new HubError('rate_limited', 'simulated', { retryAfterSeconds });
}

const NO_OTHER_USE = {
  readResource: unused,
  getPrompt: unused,
  complete: unused,
  updateTask: unused,
};

function unused(): never {
  throw new Error('jobs only call tools, of servers without secrets');
}

export function inMemoryResults(): JobResults {
  const kept = new Map<string, JsonObject>();
  return {
    put: async (tenantId, { jobId, attempt }, result) => void kept.set(`${tenantId}/${jobId}/${attempt}`, result),
    get: async (tenantId, { jobId, attempt }) => kept.get(`${tenantId}/${jobId}/${attempt}`),
    delete: async (tenantId, { jobId, attempt }) => void kept.delete(`${tenantId}/${jobId}/${attempt}`),
  };
}
