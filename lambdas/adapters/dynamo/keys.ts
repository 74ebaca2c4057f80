import type { TABLE_KEYS } from '../../contract.ts';
import type { OfferKind } from '../../hub/catalog/catalog.ts';
import type { JobId } from '../../hub/jobs/job-id.ts';
import { type TenantId, tenantIdSchema } from '../../hub/principal.ts';
import type { HandleId } from '../../hub/tasks/task-handle.ts';

/**
 * Every key of every table is made here, and each starts with the tenant, but for what belongs to all of them. Slugs and tenant ids contain no `#`.
 *
 * registry  TENANT#t  CONFIG#PERMISSIONS       what list and call read: one Query with begins_with CONFIG#
 *                     CONFIG#SERVER#slug
 *                     CONFIG#SYSTEM#slug       the tenant's own credential for a system server
 *                     PINS#slug                accepted definition hashes; only syncs and approvals read them
 *                     COUNT#SERVERS            how many servers there are, for their limit
 *           SYSTEM    SERVER#slug              what an admin decided about a system server, for all tenants
 * catalog   TENANT#t  TOOLS#slug#HEAD          one Query with begins_with TOOLS# (or TOOLS#slug#) reads whole catalogs
 *                     TOOLS#slug#B<nn>         tools whose exposed name hashes to bucket nn: a call needs just one
 *                     TOOLS#slug#T<nn>         how long the tools of bucket nn take, as far as it was learned
 *                     RESOURCES#slug#<nn>      as many as it takes, at least one; one Query with begins_with
 *                     TEMPLATES#slug#<nn>      reads one kind of all servers, or of one
 *                     PROMPTS#slug#<nn>
 * limits    TENANT#t  RATE#ALL                 calls that were taken of the tenant's limit
 *                     RATE#SERVER#slug         and of a server's
 *                     RATE#JOBS                jobs that were submitted
 * jobs      TENANT#t  JOB#id                   the state; ids sort by time
 *                     INPUT#id                 what the tool is called with
 *                     RESULT#id                what it answered, if that fits
 *                     REQUEST#<hash>           the job that an idempotency key of a subject stands for
 *                     TASK#id                  which server has a task, and under which id
 */
export interface TableKey {
  readonly [TABLE_KEYS.partition]: string;
  readonly [TABLE_KEYS.sort]: string;
}

export const CONFIG_PREFIX = 'CONFIG#';
export const SERVER_PREFIX = `${CONFIG_PREFIX}SERVER#`;

const TENANT_PREFIX = 'TENANT#';
export const tenantPartition = (tenantId: TenantId): string => `${TENANT_PREFIX}${tenantId}`;
/** Undefined for a partition that is no tenant's. */
export const tenantOf = (pk: string): TenantId | undefined =>
  pk.startsWith(TENANT_PREFIX) ? tenantIdSchema.safeParse(pk.slice(TENANT_PREFIX.length)).data : undefined;

const key = (tenantId: TenantId, sk: string): TableKey => ({ pk: tenantPartition(tenantId), sk });

export const serverKey = (tenantId: TenantId, slug: string): TableKey => key(tenantId, `${SERVER_PREFIX}${slug}`);
/** One partition over all tenants, which reads of each tenant need and only admins write. */
export const SYSTEM_PARTITION = 'SYSTEM';
export const systemStateKey = (slug: string): TableKey => ({ pk: SYSTEM_PARTITION, sk: `SERVER#${slug}` });
export const OWN_CREDENTIAL_PREFIX = `${CONFIG_PREFIX}SYSTEM#`;
export const ownCredentialKey = (tenantId: TenantId, slug: string): TableKey =>
  key(tenantId, `${OWN_CREDENTIAL_PREFIX}${slug}`);

export const permissionsKey = (tenantId: TenantId): TableKey => key(tenantId, `${CONFIG_PREFIX}PERMISSIONS`);
export const pinsKey = (tenantId: TenantId, slug: string): TableKey => key(tenantId, `PINS#${slug}`);

export const serverCountKey = (tenantId: TenantId): TableKey => key(tenantId, 'COUNT#SERVERS');

export const toolsPrefix = (slug?: string): string => (slug === undefined ? 'TOOLS#' : `TOOLS#${slug}#`);
export const headKey = (tenantId: TenantId, slug: string): TableKey => key(tenantId, `${toolsPrefix(slug)}HEAD`);
export const isHeadSortKey = (sk: string): boolean => sk.endsWith('#HEAD');
export const bucketSortKey = (slug: string, bucket: number): string =>
  `${toolsPrefix(slug)}B${String(bucket).padStart(2, '0')}`;
export const bucketKey = (tenantId: TenantId, slug: string, bucket: number): TableKey =>
  key(tenantId, bucketSortKey(slug, bucket));

export const durationsSortKey = (slug: string, bucket: number): string =>
  `${toolsPrefix(slug)}T${String(bucket).padStart(2, '0')}`;
export const durationsKey = (tenantId: TenantId, slug: string, bucket: number): TableKey =>
  key(tenantId, durationsSortKey(slug, bucket));
export const isDurationsSortKey = (sk: string): boolean => /#T\d\d$/.test(sk);

/** How items name the kinds of offers. */
export const OFFER_NAMES = { resources: 'RESOURCES', resourceTemplates: 'TEMPLATES', prompts: 'PROMPTS' } as const;
export const offersPrefix = (kind: OfferKind, slug?: string): string =>
  slug === undefined ? `${OFFER_NAMES[kind]}#` : `${OFFER_NAMES[kind]}#${slug}#`;
export const offerKey = (tenantId: TenantId, kind: OfferKind, slug: string, chunk: number): TableKey =>
  key(tenantId, offersPrefix(kind, slug) + String(chunk).padStart(2, '0'));
/** The slug in the sort key of any item of a catalog. */
export const catalogSlug = (sk: string): string => sk.split('#')[1] ?? '';

export const limitKey = (tenantId: TenantId, subject: 'ALL' | 'JOBS' | `SERVER#${string}`): TableKey =>
  key(tenantId, `RATE#${subject}`);

export const JOB_PREFIX = 'JOB#';
export const jobKey = (tenantId: TenantId, jobId: JobId): TableKey => key(tenantId, `${JOB_PREFIX}${jobId}`);
export const jobInputKey = (tenantId: TenantId, jobId: JobId): TableKey => key(tenantId, `INPUT#${jobId}`);
export const jobResultKey = (tenantId: TenantId, jobId: JobId): TableKey => key(tenantId, `RESULT#${jobId}`);
/** By a hash: subjects and keys are the words of others. */
export const jobRequestKey = (tenantId: TenantId, hash: string): TableKey => key(tenantId, `REQUEST#${hash}`);

export const taskHandleKey = (tenantId: TenantId, handleId: HandleId): TableKey => key(tenantId, `TASK#${handleId}`);

/** Partitions of the indexes of what is due, the one key over all tenants: schedules act for nobody in particular. */
export const DUE_SHARDS = 8;
export const dueShard = (shard: number): string => `DUE#${shard}`;
/** Jobs and servers are spread by a random digit of their id. */
export const dueShardOf = (id: string): string => dueShard(parseInt(id.slice(-1), 16) % DUE_SHARDS);
