import { DeleteObjectCommand, GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import { HubError } from '../hub/hub-error.ts';
import type { JobResults, ResultName } from '../hub/jobs/job-results.ts';
import { isJsonObject, type JsonObject } from '../hub/json.ts';
import type { TenantId } from '../hub/principal.ts';
import { resultKey } from './result-key.ts';

/** The one retrying layer towards S3, each wait of it bounded. */
export function createS3Client(): S3Client {
  return new S3Client({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
  });
}

const resultSchema = z.custom<JsonObject>(isJsonObject);

/** Results in a private bucket, whose objects expire by themselves. */
export function createS3JobResults(client: S3Client, bucket: string): JobResults {
  return {
    async put(tenantId, name, result) {
      const object = { ...placeOf(tenantId, name), Body: JSON.stringify(result), ContentType: 'application/json' };
      await reachable(client.send(new PutObjectCommand(object)));
    },
    async get(tenantId, name) {
      try {
        const { Body } = await client.send(new GetObjectCommand(placeOf(tenantId, name)));
        return resultSchema.parse(JSON.parse((await Body?.transformToString()) ?? ''));
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw unavailable(error);
      }
    },
    async delete(tenantId, name) {
      await reachable(client.send(new DeleteObjectCommand(placeOf(tenantId, name))));
    },
  };

  function placeOf(tenantId: TenantId, name: ResultName) {
    return { Bucket: bucket, Key: resultKey(tenantId, name) };
  }
}

/** Runs one request against S3. When the SDK's own retries did not help, that is `HubError('unavailable')`. */
export async function reachable<T>(request: Promise<T>): Promise<T> {
  return request.catch((error: unknown) => {
    throw unavailable(error);
  });
}

function unavailable(cause: unknown): HubError {
  return new HubError('unavailable', 'the results of jobs cannot be reached right now; try again', {
    cause,
    retryAfterSeconds: 2,
  });
}
