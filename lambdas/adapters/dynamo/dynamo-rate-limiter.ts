import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { LRUCache } from 'lru-cache';
import { cellRate } from '../../hub/limits/cell-rate.ts';
import type { LimitSubject, RateLimiter, Spending } from '../../hub/limits/rate-limiter.ts';
import { reachable, unavailable } from './dynamo-error.ts';
import { limitKey, type TableKey } from './keys.ts';
import { type Line, lineSchema, returnable, unitOf } from './line-of-calls.ts';

export interface DynamoRateLimiterOptions {
  readonly tableName: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** The line of calls is empty: the next one starts it now. */
const START =
  'SET tat = :now + #interval, earliest = :now + headroom, startedAt = :now, countsFrom = :now, givenBack = :zero, ' +
  'expiresAt = :expiresAt';
const LINE_IS_EMPTY = 'tat <= :now';
/** Somebody is in line: the next one joins its end. */
const JOIN = 'SET tat = tat + #interval, earliest = earliest + #interval, expiresAt = :expiresAt';
const LINE_HAS_ROOM = 'tat > :now AND earliest <= :now';
/** Those behind it move up. */
const GIVE_BACK =
  'SET tat = tat - :amount, earliest = earliest - :amount, countsFrom = countsFrom + :kept, givenBack = givenBack + :amount';
/** So that no two shorten the line from the same place, and none does twice because an answer was lost. */
const LINE_IS_AS_KNOWN = 'startedAt = :startedAt AND givenBack = :known';
const SET_LIMIT =
  'SET perMinute = :perMinute, #interval = :interval, headroom = :headroom, tat = if_not_exists(tat, :zero), ' +
  'earliest = if_not_exists(tat, :zero) - :tolerance, expiresAt = :expiresAt';

/** Of an item that nobody uses; every use renews it. */
const LIFETIME_SECONDS = 24 * 3600;
/** Between two tries, others may turn an empty line into one that is not, and time the other way. */
const MAX_TRIES = 8;
/**
 * A line that ends within this time may be empty when the next update arrives, or not. Who starts it anew counts as arriving
 * after it, which never admits too many, and makes a line that the others can join. Who gives back counts as late, too.
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
        const { applied, state } = await update(key, {
          UpdateExpression: joins ? JOIN : START,
          ConditionExpression: joins ? LINE_HAS_ROOM : LINE_IS_EMPTY,
          ExpressionAttributeNames: { '#interval': 'interval' },
          ExpressionAttributeValues: marshall({
            ':now': arrival,
            ':expiresAt': expiry(),
            ...(!joins && { ':zero': 0 }),
          }),
        });
        if (state === undefined) return { state: 'unknown' };
        lines.set(name, state.tat);
        if (applied)
          return { state: 'allowed', perMinute: state.perMinute, unit: unitOf(state), circuit: state.circuit };
        if (state.earliest > at) return refusedUntil(state, at);
        line = state.tat;
      }
      throw unavailable(new Error('the limit changes faster than it can be counted'));
    },

    async giveBack(tenantId, subject, unit) {
      const key = limitKey(tenantId, subjectName(subject));
      let line: Pick<Line, 'startedAt' | 'countsFrom' | 'givenBack'> = unit;
      for (let tries = 0; tries < MAX_TRIES && line.startedAt === unit.startedAt; tries += 1) {
        const amount = returnable(unit, line, micros(now()) + NEARLY_EMPTY);
        if (amount <= 0) return;
        const { applied, state, repeated } = await update(key, {
          UpdateExpression: GIVE_BACK,
          ConditionExpression: LINE_IS_AS_KNOWN,
          ExpressionAttributeValues: marshall({
            ':amount': amount,
            ':kept': unit.interval - amount,
            ':startedAt': unit.startedAt,
            ':known': line.givenBack,
          }),
        });
        // Where the client repeated the request, its first may be what stands in the way of its last.
        if (state === undefined || applied || repeated) return;
        line = state;
      }
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

  async function update(key: TableKey, change: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>) {
    const request: UpdateItemCommandInput = {
      TableName: tableName,
      Key: marshall(key),
      ...change,
      ReturnValues: 'ALL_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    };
    try {
      const { Attributes } = await reachable(client.send(new UpdateItemCommand(request)));
      return { applied: true, state: lineSchema.parse(unmarshall(Attributes ?? {})) };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const state = error.Item === undefined ? undefined : lineSchema.parse(unmarshall(error.Item));
      return { applied: false, state, repeated: (error.$metadata.attempts ?? 1) > 1 };
    }
  }

  function expiry(): number {
    return Math.floor(now() / 1000) + LIFETIME_SECONDS;
  }
}

function refusedUntil({ earliest, perMinute }: Line, at: number): Spending {
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
