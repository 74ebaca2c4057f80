import { createHash } from 'node:crypto';
import type { Put } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { TABLE_KEYS } from '../../contract.ts';
import { type EndedJob, type Job, JOB_LIFETIME_MS, type JobInput, type QueuedJob } from '../../hub/jobs/job.ts';
import type { JobId } from '../../hub/jobs/job-id.ts';
import type { IdempotencyKey } from '../../hub/jobs/job-store.ts';
import type { JsonObject } from '../../hub/json.ts';
import { expiryOf, inputItem, jobItem, resultItem } from './job-item.ts';
import { jobInputKey, jobRequestKey, jobResultKey, type TableKey } from './keys.ts';

export interface JobTable {
  readonly tableName: string;
  /** How long a job is kept after its end. */
  readonly retentionMs: number;
}

/** Ids are never given twice, so that a job which is there is this one: its write was repeated. */
const JOB_IS_NEW = 'attribute_not_exists(pk)';
/** Nobody has used the key yet, or so long ago that it is forgotten, with its job or after it. */
const KEY_IS_FREE = 'attribute_not_exists(pk) OR expiresAt <= :now OR jobId = :gone';
/**
 * Nobody wrote the state since it was read. Every write counts the version up, so that this holds exactly for the status,
 * the attempt, the owner and the lease that the edge was decided on.
 */
const STATE_IS_READ = '#version = :version';

/** The job with its input. */
export function jobCreation({ tableName, retentionMs }: JobTable, job: QueuedJob, input: JobInput): Put[] {
  const expiresAt = lastExpiryOf(job, retentionMs);
  const item = { ...jobInputKey(job.tenantId, job.jobId), ...inputItem(input), [TABLE_KEYS.ttl]: expiresAt };
  return [
    { TableName: tableName, Item: plain(jobItem(job, retentionMs)), ConditionExpression: JOB_IS_NEW },
    { TableName: tableName, Item: plain(item) },
  ];
}

/** Makes the key stand for the job, for as long as the job may be kept; it is taken from one that is gone before. */
export function keyCreation(
  { tableName, retentionMs }: JobTable,
  job: QueuedJob,
  { key, gone }: { readonly key: IdempotencyKey; readonly gone: JobId | undefined },
): Put {
  const expiresAt = lastExpiryOf(job, retentionMs);
  const item = { ...requestKey(job, key), jobId: job.jobId, requestHash: key.requestHash, [TABLE_KEYS.ttl]: expiresAt };
  return {
    TableName: tableName,
    Item: plain(item),
    ConditionExpression: KEY_IS_FREE,
    ExpressionAttributeValues: marshall({ ':now': seconds(job.createdAt), ':gone': gone ?? NO_JOB }),
  };
}

export function stateChange({ tableName, retentionMs }: JobTable, before: Job, after: Job): Put {
  return {
    TableName: tableName,
    Item: plain(jobItem(after, retentionMs)),
    ConditionExpression: STATE_IS_READ,
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: marshall({ ':version': before.version }),
  };
}

export function resultPut({ tableName, retentionMs }: JobTable, job: EndedJob, result: JsonObject): Put {
  const expiresAt = expiryOf(job, retentionMs);
  const item = { ...jobResultKey(job.tenantId, job.jobId), ...resultItem(result), [TABLE_KEYS.ttl]: expiresAt };
  return { TableName: tableName, Item: plain(item) };
}

/** Two subjects of a tenant may choose the same key. */
export function requestKey(
  { tenantId, subject }: Pick<Job, 'tenantId' | 'subject'>,
  { key }: IdempotencyKey,
): TableKey {
  const name = createHash('sha256')
    .update(JSON.stringify([subject, key]))
    .digest('base64url');
  return jobRequestKey(tenantId, name);
}

const NO_JOB = '';
/** After its last day a job still waits for a sweep. */
const SWEEP_SECONDS = 24 * 3600;

/** When a job is forgotten at the latest, whenever it ends. */
function lastExpiryOf({ createdAt }: QueuedJob, retentionMs: number): number {
  return seconds(createdAt + JOB_LIFETIME_MS + retentionMs) + SWEEP_SECONDS;
}

function seconds(epochMs: number): number {
  return Math.floor(epochMs / 1000);
}

function plain(item: Readonly<Record<string, unknown>>) {
  return marshall(item, { removeUndefinedValues: true });
}
