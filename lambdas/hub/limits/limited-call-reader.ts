import type { CallReader } from '../calls/call-reader.ts';
import type { createLimitCalls } from './limit-calls.ts';

export interface LimitedCallReaderDependencies {
  readonly calls: CallReader;
  readonly limitCalls: ReturnType<typeof createLimitCalls>;
}

/**
 * Reads what decides about a call, and takes the call from its limits in the same round trip. Every way to a server leads
 * through a read like this, so that none goes past the limits. What does not exist counts for the tenant only.
 */
export function createLimitedCallReader({ calls, limitCalls }: LimitedCallReaderDependencies): CallReader {
  return {
    async read(tenantId, slug, exposedName) {
      const [taken, subject] = await Promise.all([limitCalls(tenantId, slug), calls.read(tenantId, slug, exposedName)]);
      return { ...subject, ...(await taken.confirm(subject.server)) };
    },
    async readServer(tenantId, slug) {
      const [taken, subject] = await Promise.all([limitCalls(tenantId, slug), calls.readServer(tenantId, slug)]);
      return { ...subject, ...(await taken.confirm(subject.server)) };
    },
  };
}
