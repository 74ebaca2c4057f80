import type { JsonObject } from '../json.ts';
import type { TenantId } from '../principal.ts';
import type { JobId } from './job-id.ts';

/** Names one result. Two attempts of a repeatable job never write the same one. */
export interface ResultName {
  readonly jobId: JobId;
  readonly attempt: number;
}

/** Results that are too large to be stored with their job. They outlive it by little. */
export interface JobResults {
  put(tenantId: TenantId, name: ResultName, result: JsonObject): Promise<void>;
  get(tenantId: TenantId, name: ResultName): Promise<JsonObject | undefined>;
  delete(tenantId: TenantId, name: ResultName): Promise<void>;
}
