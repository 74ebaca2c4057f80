import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import type { StoredResults } from '../hub/cleanup/orphaned-results.ts';
import { resultOf } from './result-key.ts';
import { reachable } from './s3-job-results.ts';

const PAGE = 100;

/** A cursor is the last name of the page before: it holds for as long as anybody may take. */
export function createS3StoredResults(client: S3Client, bucket: string): StoredResults {
  return {
    async page(cursor) {
      const request = new ListObjectsV2Command({
        Bucket: bucket,
        MaxKeys: PAGE,
        ...(cursor !== undefined && { StartAfter: cursor }),
      });
      const { Contents = [], IsTruncated } = await reachable(client.send(request));
      const keys = Contents.map(({ Key = '' }) => Key);
      const found = keys.map(resultOf).filter((result) => result !== undefined);
      return { items: found, cursor: IsTruncated === true ? keys.at(-1) : undefined };
    },
  };
}
