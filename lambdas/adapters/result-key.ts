import * as z from 'zod/mini';
import type { StoredResult } from '../hub/cleanup/orphaned-results.ts';
import { jobIdSchema } from '../hub/jobs/job-id.ts';
import type { ResultName } from '../hub/jobs/job-results.ts';
import { type TenantId, tenantIdSchema } from '../hub/principal.ts';

/** The name of the object that holds a result. */
export function resultKey(tenantId: TenantId, { jobId, attempt }: ResultName): string {
  return `${encodeURIComponent(tenantId)}/${jobId}/${attempt}.json`;
}

const partsSchema = z.tuple([tenantIdSchema, jobIdSchema, z.coerce.number().check(z.int())]);

/** Undefined for an object that is no result. */
export function resultOf(key: string): StoredResult | undefined {
  const [, tenant = '', job, attempt] = /^([^/]+)\/([^/]+)\/(\d+)\.json$/.exec(key) ?? [];
  const parts = partsSchema.safeParse([decoded(tenant), job, attempt]).data;
  return parts && { tenantId: parts[0], jobId: parts[1], attempt: parts[2] };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
