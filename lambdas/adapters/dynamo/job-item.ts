import * as z from 'zod/mini';
import { DUE_INDEX, TABLE_KEYS } from '../../contract.ts';
import { HUB_ERROR_CODES } from '../../hub/hub-error.ts';
import { dueAt, END_STATUSES, isEnded, type Job, JOB_ERROR_CODES, type JobInput } from '../../hub/jobs/job.ts';
import { jobIdSchema } from '../../hub/jobs/job-id.ts';
import { isJsonObject, type JsonObject } from '../../hub/json.ts';
import { tenantIdSchema } from '../../hub/principal.ts';
import { dueShardOf, jobKey } from './keys.ts';

/** What others chose is kept as JSON text: DynamoDB bounds the depth and the numbers of its own types. */
function jsonText<S extends z.core.$ZodType>(schema: S) {
  const parsed = z.pipe(
    z.string(),
    z.transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.issues.push({ code: 'custom', message: 'is no JSON', input: text });
        return z.NEVER;
      }
    }),
  );
  return z.pipe(parsed, schema);
}

const jsonObjectSchema = z.custom<JsonObject>(isJsonObject);
const errorSchema = jsonText(
  z.object({
    code: z.enum([...HUB_ERROR_CODES, ...JOB_ERROR_CODES]),
    message: z.string(),
    details: z.exactOptional(jsonObjectSchema),
  }),
);
const progressSchema = jsonText(
  z.object({ progress: z.number(), total: z.exactOptional(z.number()), message: z.exactOptional(z.string()) }),
);

const base = {
  tenantId: tenantIdSchema,
  jobId: jobIdSchema,
  subject: z.string(),
  tool: z.string(),
  version: z.number(),
  attempt: z.number(),
  waits: z.number(),
  createdAt: z.number(),
  updatedAt: z.number(),
};
/** Of one that cannot be read it counts that it is there. */
const UNREADABLE_TASK = { serverId: '', taskId: '', pollIntervalMs: undefined };
const open = {
  delegated: z.optional(z.object({ serverId: z.string(), taskId: z.string(), pollIntervalMs: z.optional(z.number()) })),
  cancelRequestedAt: z.optional(z.number()),
  unanswered: z.boolean(),
};
const jobSchema = z.discriminatedUnion('status', [
  z.object({
    ...base,
    ...open,
    status: z.literal('queued'),
    notBefore: z.number(),
    pickupBy: z.number(),
    resends: z.number(),
    error: z.optional(errorSchema),
  }),
  z.object({
    ...base,
    ...open,
    status: z.literal('running'),
    startedAt: z.number(),
    owner: z.string(),
    leaseUntil: z.number(),
    sentAt: z.optional(z.number()),
    repeatable: z.boolean(),
    progress: z.optional(progressSchema),
  }),
  z.object({
    ...base,
    status: z.enum(END_STATUSES),
    startedAt: z.optional(z.number()),
    endedAt: z.number(),
    owner: z.optional(z.string()),
    resultIn: z.optional(z.enum(['store', 'results'])),
    error: z.optional(errorSchema),
    progress: z.optional(progressSchema),
  }),
]);

type Item = Readonly<Record<string, unknown>>;

export function jobFromItem(item: Item): Job {
  const job = jobSchema.parse(item);
  if (job.status === 'queued') return { ...job, ...openOf(job), error: job.error };
  const { startedAt, owner, progress } = job;
  if (job.status === 'running') {
    const { sentAt } = job;
    return { ...job, ...openOf(job), startedAt: job.startedAt, owner: job.owner, sentAt, progress };
  }
  return { ...job, startedAt, owner, resultIn: job.resultIn, error: job.error, progress };
}

const lost = {
  subject: z.catch(z.string(), ''),
  tool: z.catch(z.string(), ''),
  attempt: z.catch(z.number(), 0),
  waits: z.catch(z.number(), 0),
  createdAt: z.catch(z.number(), 0),
  updatedAt: z.catch(z.number(), 0),
  pickupBy: z.catch(z.number(), 0),
  startedAt: z.catch(z.number(), 0),
  owner: z.catch(z.string(), ''),
  leaseUntil: z.catch(z.number(), 0),
  endedAt: z.catch(z.number(), 0),
  resultIn: z.catch(z.optional(z.enum(['store', 'results'])), undefined),
  delegated: z.catch(open.delegated, UNREADABLE_TASK),
  cancelRequestedAt: z.catch(z.optional(z.number()), undefined),
  unanswered: z.catch(z.boolean(), true),
};
const salvageSchema = z.object({ ...base, ...lost, status: z.optional(z.unknown()), sentAt: z.optional(z.unknown()) });

export function isReadable(item: Item): boolean {
  return jobSchema.safeParse(item).success;
}

/** What is left of a job that was written by other code, or by a mistake: what may have happened counts as happened. */
export function salvagedJob(item: Item): Job {
  if (isReadable(item)) return jobFromItem(item);
  const { status, sentAt, pickupBy, startedAt, owner, leaseUntil, endedAt, resultIn, ...rest } =
    salvageSchema.parse(item);
  const { delegated, cancelRequestedAt, unanswered, ...job } = rest;
  const ended = END_STATUSES.find((one) => one === status);
  if (ended !== undefined) return { ...job, status: ended, startedAt, endedAt, owner, resultIn, ...NOTHING_ELSE };
  const state = openOf({ delegated, cancelRequestedAt, unanswered });
  if (status === 'queued') {
    return { ...job, ...state, status, notBefore: pickupBy, pickupBy, resends: 0, error: undefined };
  }
  const mayBeSent = status !== 'running' || sentAt !== undefined;
  return {
    ...job,
    ...state,
    status: 'running',
    startedAt,
    owner,
    leaseUntil,
    sentAt: mayBeSent ? startedAt : undefined,
    repeatable: false,
    progress: undefined,
  };
}

const NOTHING_ELSE = { error: undefined, progress: undefined };

function openOf({ delegated, cancelRequestedAt, unanswered }: z.output<z.ZodMiniObject<typeof open>>) {
  const delegation = delegated && { ...delegated, pollIntervalMs: delegated.pollIntervalMs };
  return { delegated: delegation, cancelRequestedAt, unanswered };
}

/** Epoch seconds at which an ended job may be forgotten; one that has not ended never is. */
export function expiryOf(job: Job, retentionMs: number): number | undefined {
  return isEnded(job) ? Math.floor((job.endedAt + retentionMs) / 1000) : undefined;
}

/** A job as it lies in the table; in the index as long as a sweep may have to look at it. */
export function jobItem(job: Job, retentionMs: number): Item {
  const due = dueAt(job);
  return {
    ...job,
    ...jobKey(job.tenantId, job.jobId),
    error: 'error' in job && job.error !== undefined ? JSON.stringify(job.error) : undefined,
    progress: 'progress' in job && job.progress !== undefined ? JSON.stringify(job.progress) : undefined,
    [DUE_INDEX.partition]: due === undefined ? undefined : dueShardOf(job.jobId),
    [DUE_INDEX.sort]: due,
    [TABLE_KEYS.ttl]: expiryOf(job, retentionMs),
  };
}

const inputSchema = z.object({
  arguments: jsonText(jsonObjectSchema),
  via: z.array(z.string()),
  trace: z.optional(z.record(z.string(), z.string())),
});

export function inputFromItem(item: Item): JobInput {
  const input = inputSchema.parse(item);
  return { ...input, trace: input.trace };
}

export function inputItem(input: JobInput): Item {
  return { ...input, arguments: JSON.stringify(input.arguments) };
}

const resultSchema = z.object({ result: jsonText(jsonObjectSchema) });

export function resultFromItem(item: Item): JsonObject {
  return resultSchema.parse(item).result;
}

export function resultItem(result: JsonObject): Item {
  return { result: JSON.stringify(result) };
}
