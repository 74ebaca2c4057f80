import { HubError, type HubErrorCode } from '../../../lambdas/hub/hub-error.ts';
import type { JsonObject } from '../../../lambdas/hub/json.ts';
import type { ToolCall, Upstream, UpstreamAnswer, UpstreamContext } from '../../../lambdas/hub/upstreams/upstream.ts';
import type { Environment, World } from './simulated-environment.ts';

/** Does something irrevocable: it is what must not happen twice. */
export type TakeEffect = (tenantId: string, call: ToolCall) => JsonObject;

const BEHAVIOURS = [
  'answers',
  'answers',
  'answers',
  'answers',
  'reports',
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

/** A server that may do anything, seen from one process. What it was sent it does even when that process is gone. */
export function simulatedUpstream(
  { time, chance }: World,
  environment: Environment,
  { takeEffect, isCalm }: { readonly takeEffect: TakeEffect; readonly isCalm: () => boolean },
): Pick<Upstream, 'callTool'> {
  return {
    callTool({ tenantId }, call, { deadline, interaction }: UpstreamContext) {
      const behaviour: Behaviour = isCalm() ? 'answers' : chance.oneOf(BEHAVIOURS);
      const { promise, resolve, reject } = Promise.withResolvers<UpstreamAnswer>();
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
