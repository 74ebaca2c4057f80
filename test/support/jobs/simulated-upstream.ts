import { HubError, type HubErrorCode } from '../../../lambdas/hub/hub-error.ts';
import type { CallAnswer, Upstream, UpstreamContext } from '../../../lambdas/hub/upstreams/upstream.ts';
import type { Environment, World } from './simulated-environment.ts';
import type { SimulatedTasks, TakeEffect } from './simulated-tasks.ts';

const BEHAVIOURS = [
  'answers',
  'answers',
  'answers',
  'answers',
  'reports',
  'delegates',
  'delegates',
  'refuses',
  'asks',
  'unreachable',
  'limits',
  'loses',
  'hangs',
  'deaf',
  'defect',
] as const;
type Behaviour = (typeof BEHAVIOURS)[number];

export interface SimulatedServers {
  readonly takeEffect: TakeEffect;
  readonly tasks: SimulatedTasks;
  readonly isCalm: () => boolean;
}

/** A server that may do anything, seen from one process. What it was sent it does even when that process is gone. */
export function simulatedUpstream(
  { time, chance }: World,
  environment: Environment,
  { takeEffect, tasks, isCalm }: SimulatedServers,
): Pick<Upstream, 'callTool' | 'getTask' | 'cancelTask'> {
  /** A request that changes nothing at the server but what it says it does. */
  function contact<T>(act: () => T): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const isLost = !isCalm() && chance.happens(0.1);
    time.schedule(chance.between(0, 3_000), () => {
      if (!environment.isAlive()) return;
      if (isLost) return reject(failure('upstream_unreachable'));
      try {
        resolve(act());
      } catch (error) {
        reject(error);
      }
    });
    return promise;
  }

  return {
    getTask: ({ tenantId }, taskId) => contact(() => tasks.get(tenantId, taskId)),
    cancelTask: ({ tenantId }, taskId) => contact(() => tasks.cancel(tenantId, taskId)),

    callTool({ tenantId }, call, { deadline, interaction }: UpstreamContext) {
      const behaviour: Behaviour = isCalm() ? 'answers' : chance.oneOf(BEHAVIOURS);
      const { promise, resolve, reject } = Promise.withResolvers<CallAnswer>();
      const arrive = (happen: () => void) => environment.isAlive() && happen();
      const fail = (error: Error) => arrive(() => reject(error));
      const soon = chance.between(0, 20_000);
      const later = soon + chance.between(0, behaviour === 'reports' ? 180_000 : 20_000);

      function work(answers: boolean): void {
        time.schedule(soon, () => {
          const result = takeEffect(tenantId, call);
          if (answers) time.schedule(later - soon, () => arrive(() => resolve({ kind: 'complete', result })));
        });
      }
      const perhaps = () => chance.happens(0.5) && work(false);

      if (behaviour !== 'deaf') {
        deadline.signal.addEventListener('abort', () => fail(ambiguous()), { once: true });
        if (deadline.signal.aborted) fail(ambiguous());
      }
      switch (behaviour) {
        case 'answers':
          work(true);
          break;
        case 'reports':
          work(true);
          for (let at = 0; at < later; at += 4_000) {
            time.schedule(at, () => arrive(() => interaction?.onProgress?.({ progress: at, total: later })));
          }
          break;
        case 'delegates':
          time.schedule(soon, () => {
            const taskId = tasks.start(tenantId, call);
            const basis = { taskId, statusMessage: undefined, createdAt: 0, updatedAt: 0, ttlMs: null };
            const task = { ...basis, status: 'working', pollIntervalMs: chance.oneOf([undefined, 1, 20_000]) } as const;
            time.schedule(later - soon, () => arrive(() => resolve({ kind: 'task', task })));
          });
          break;
        case 'refuses':
          time.schedule(soon, () => fail(failure('upstream_error', { jsonRpcCode: -32602, jsonRpcMessage: 'no' })));
          break;
        case 'asks':
          time.schedule(soon, () =>
            arrive(() => resolve({ kind: 'input_required', inputRequests: {}, requestState: undefined })),
          );
          break;
        case 'unreachable':
          time.schedule(soon, () => fail(failure('upstream_unreachable')));
          break;
        case 'limits':
          time.schedule(soon, () => fail(failure('upstream_rate_limited')));
          break;
        case 'loses':
          perhaps();
          time.schedule(later, () => fail(ambiguous()));
          break;
        case 'hangs':
        case 'deaf':
          perhaps();
          break;
        case 'defect':
          perhaps();
          time.schedule(later, () => fail(new TypeError('simulated defect')));
      }
      return promise;
    },
  };
}

function ambiguous(): HubError {
  return failure('upstream_timeout', { outcome: 'unknown' });
}

function failure(code: HubErrorCode, details: Readonly<Record<string, unknown>> = {}): HubError {
  return new HubError(code, 'simulated', { details });
}
