/**
 * Replaces `@smithy/core/event-streams` in the bundles: the AWS SDK's codec of operations that stream events, of which the
 * hub uses none (16 KB). S3's client asks for it when it is made, so that only using it fails, and says why.
 */
export function eventStreamSerdeProvider(): never {
  throw new Error('event streams are left out of the bundles; see lib/bundle-functions.ts');
}

export const resolveEventStreamSerdeConfig = <Config>(config: Config): Config => config;
