import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { LRUCache } from 'lru-cache';
import * as z from 'zod/mini';
import { cellRate } from '../../hub/limits/cell-rate.ts';
import type { LimitSubject, RateLimiter, Spending } from '../../hub/limits/rate-limiter.ts';
import { reachable, unavailable } from './dynamo-error.ts';
import { limitKey, type TableKey } from './keys.ts';

export interface DynamoRateLimiterOptions {
  readonly tableName: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/**
 * All times are whole microseconds since the epoch. `tat` is the theoretical arrival time of the next call, `earliest` the
 * time from which one is allowed. What both advance by stands in the item, for an update cannot compute it.
 */
const stateSchema = z.object({
  tat: z.number(),
  earliest: z.number(),
  perMinute: z.number(),
  /** How the server's last calls went, over which connection; absent until one failed. */
  circuit: z.optional(z.object({ connection: z.string(), failures: z.number(), openUntil: z.number() })),
});
type State = z.infer<typeof stateSchema>;

/** The line of calls is empty: the next one starts it now. */
const START = 'SET tat = :now + #interval, earliest = :now + headroom, expiresAt = :expiresAt';
const LINE_IS_EMPTY = 'tat <= :now';
/** Somebody is in line: the next one joins its end. */
const JOIN = 'SET tat = tat + #interval, earliest = earliest + #interval, expiresAt = :expiresAt';
const LINE_HAS_ROOM = 'tat > :now AND earliest <= :now';
const SET_LIMIT =
  'SET perMinute = :perMinute, #interval = :interval, headroom = :headroom, tat = if_not_exists(tat, :zero), ' +
  'earliest = if_not_exists(tat, :zero) - :tolerance, expiresAt = :expiresAt';

/** Of an item that nobody uses; every use renews it. */
const LIFETIME_SECONDS = 24 * 3600;
/** Between two tries, others may turn an empty line into one that is not, and time the other way. */
const MAX_TRIES = 8;
/**
 * A line that ends within this time may be empty when the next update arrives, or not. Who starts it anew counts as arriving
 * after it, which never admits too many, and makes a line that the others can join.
 */
const NEARLY_EMPTY = 10_000;
const REMEMBERED_LINES = 10_000;

/** One conditional update per call, in the common case; refusals are one too. */
export function createDynamoRateLimiter(
  client: DynamoDBClient,
  { tableName, now }: DynamoRateLimiterOptions,
): RateLimiter {
  // Only a guess which of the two updates will fit; the conditions decide.
  const lines = new LRUCache<string, number>({ max: REMEMBERED_LINES });

  return {
    async spend(tenantId, subject) {
      const key = limitKey(tenantId, subjectName(subject));
      const name = `${key.pk} ${key.sk}`;
      let line = lines.get(name) ?? 0;
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        const at = micros(now());
        const joins = line > at + (tries === 0 ? 0 : NEARLY_EMPTY);
        const arrival = joins || tries === 0 ? at : Math.max(at, line) + NEARLY_EMPTY;
        const { applied, state } = await take(key, arrival, joins);
        if (state === undefined) return { state: 'unknown' };
        lines.set(name, state.tat);
        if (applied) return { state: 'allowed', perMinute: state.perMinute, circuit: state.circuit };
        if (state.earliest > at) return refusedUntil(state, at);
        line = state.tat;
      }
      throw unavailable(new Error('the limit changes faster than it can be counted'));
    },

    async remember(tenantId, subject, perMinute) {
      const { interval, tolerance } = cellRate(perMinute);
      await reachable(
        client.send(
          new UpdateItemCommand({
            TableName: tableName,
            Key: marshall(limitKey(tenantId, subjectName(subject))),
            UpdateExpression: SET_LIMIT,
            ExpressionAttributeNames: { '#interval': 'interval' },
            ExpressionAttributeValues: marshall({
              ':perMinute': perMinute,
              ':interval': interval,
              ':tolerance': tolerance,
              ':headroom': interval - tolerance,
              ':zero': 0,
              ':expiresAt': expiry(),
            }),
          }),
        ),
      );
    },
  };

  async function take(key: TableKey, at: number, joins: boolean) {
    const request: UpdateItemCommandInput = {
      TableName: tableName,
      Key: marshall(key),
      UpdateExpression: joins ? JOIN : START,
      ConditionExpression: joins ? LINE_HAS_ROOM : LINE_IS_EMPTY,
      ExpressionAttributeNames: { '#interval': 'interval' },
      ExpressionAttributeValues: marshall({ ':now': at, ':expiresAt': expiry() }),
      ReturnValues: 'ALL_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    };
    try {
      const { Attributes } = await reachable(client.send(new UpdateItemCommand(request)));
      return { applied: true, state: stateSchema.parse(unmarshall(Attributes ?? {})) };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const state = error.Item === undefined ? undefined : stateSchema.parse(unmarshall(error.Item));
      return { applied: false, state };
    }
  }

  function expiry(): number {
    return Math.floor(now() / 1000) + LIFETIME_SECONDS;
  }
}

function refusedUntil({ earliest, perMinute }: State, at: number): Spending {
  return { state: 'refused', perMinute, retryAfterMs: Math.ceil((earliest - at) / 1000) };
}

function micros(milliseconds: number): number {
  return Math.round(milliseconds * 1000);
}

function subjectName(subject: LimitSubject): Parameters<typeof limitKey>[1] {
  switch (subject.kind) {
    case 'tenant':
      return 'ALL';
    case 'server':
      return `SERVER#${subject.slug}`;
    case 'jobs':
      return 'JOBS';
  }
}
