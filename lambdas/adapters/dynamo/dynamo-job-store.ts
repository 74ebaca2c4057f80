import { isDeepStrictEqual } from 'node:util';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  type Put,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { TABLE_KEYS } from '../../contract.ts';
import { HubError } from '../../hub/hub-error.ts';
import type { Job } from '../../hub/jobs/job.ts';
import { type JobId, jobIdSchema } from '../../hub/jobs/job-id.ts';
import { keyUsedOtherwise } from '../../hub/jobs/job-refusals.ts';
import type { IdempotencyKey, JobStore } from '../../hub/jobs/job-store.ts';
import type { TenantId } from '../../hub/principal.ts';
import { lostRace, reachable } from './dynamo-error.ts';
import { inputFromItem, jobFromItem, resultFromItem, salvagedJob } from './job-item.ts';
import { queryDue, queryJobs } from './job-queries.ts';
import { jobCreation, type JobTable, keyCreation, requestKey, resultPut, stateChange } from './job-writes.ts';
import { jobInputKey, jobKey, jobResultKey, type TableKey } from './keys.ts';
import { transact } from './transaction.ts';

export interface DynamoJobStoreOptions extends JobTable {
  /** Epoch milliseconds. */
  readonly now: () => number;
}

type JobOwner = Pick<Job, 'tenantId' | 'subject'>;

const requestSchema = z.object({ jobId: jobIdSchema, requestHash: z.string() });

/** One request per operation, in the common case. */
export function createDynamoJobStore(client: DynamoDBClient, options: DynamoJobStoreOptions): JobStore {
  const { tableName, now } = options;
  const query = (input: ConstructorParameters<typeof QueryCommand>[0]) =>
    reachable(client.send(new QueryCommand(input)));

  return {
    async create(job, input, key) {
      let gone: JobId | undefined;
      for (let tries = 0; tries < 2; tries += 1) {
        const puts = jobCreation(options, job, input);
        if (key !== undefined) puts.push(keyCreation(options, job, { key, gone }));
        if (await isWritten(puts)) return job;
        const present = (key && (await find(job, key))) ?? (await get(job.tenantId, job.jobId));
        if (present !== undefined) return present;
        // The key has outlived its job.
        gone = key && (await request(job, key))?.jobId;
      }
      throw lostRace();
    },

    find,
    get,

    salvage,

    async readInput(tenantId, jobId) {
      const item = await read(jobInputKey(tenantId, jobId));
      return item && inputFromItem(item);
    },

    async readResult(tenantId, jobId) {
      const item = await read(jobResultKey(tenantId, jobId));
      return item && resultFromItem(item);
    },

    async replace(before, after) {
      const put = stateChange(options, before, after);
      try {
        await reachable(client.send(new PutItemCommand({ ...put, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })));
        return true;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return isDeepStrictEqual(error.Item, put.Item);
      }
    },

    async complete(before, after, result) {
      const put = stateChange(options, before, after);
      try {
        await transact(client, [{ item: { Put: put } }, { item: { Put: resultPut(options, after, result) } }]);
        return true;
      } catch (error) {
        if (!isRefused(error)) throw error;
        return isDeepStrictEqual(await readRaw(jobKey(after.tenantId, after.jobId)), put.Item);
      }
    },

    list: (tenantId, wanted) => queryJobs(query, { tableName, tenantId, now: now() }, wanted),
    due: (moment, cursor) => queryDue(query, tableName, moment, cursor),
  };

  async function isWritten(puts: readonly Put[]): Promise<boolean> {
    try {
      await transact(
        client,
        puts.map((put) => ({ item: { Put: put } })),
      );
      return true;
    } catch (error) {
      if (!isRefused(error)) throw error;
      return false;
    }
  }

  /** The job that a key stands for already; undefined when it is free again, at the latest with its job. */
  async function find(owner: JobOwner, key: IdempotencyKey): Promise<Job | undefined> {
    const used = await request(owner, key);
    const job = used && (await salvage(owner.tenantId, used.jobId));
    if (job !== undefined && used?.requestHash !== key.requestHash) throw keyUsedOtherwise();
    return job;
  }

  async function request(owner: JobOwner, key: IdempotencyKey) {
    const item = await read(requestKey(owner, key));
    return item && requestSchema.parse(item);
  }

  async function salvage(tenantId: TenantId, jobId: JobId): Promise<Job | undefined> {
    const item = await read(jobKey(tenantId, jobId));
    return item && salvagedJob(item);
  }

  async function get(tenantId: TenantId, jobId: JobId): Promise<Job | undefined> {
    const item = await read(jobKey(tenantId, jobId));
    return item && jobFromItem(item);
  }

  /** What TTL has not removed yet is gone all the same. */
  async function read(key: TableKey): Promise<Record<string, unknown> | undefined> {
    const raw = await readRaw(key);
    const item = raw && unmarshall(raw);
    const expiresAt: unknown = item?.[TABLE_KEYS.ttl];
    return typeof expiresAt === 'number' && expiresAt * 1000 <= now() ? undefined : item;
  }

  async function readRaw(key: TableKey): Promise<Record<string, AttributeValue> | undefined> {
    const request = new GetItemCommand({ TableName: tableName, Key: marshall(key), ConsistentRead: true });
    return (await reachable(client.send(request))).Item;
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof HubError && error.code === 'conflict';
}
