/**
 * Replaces `@smithy/core/event-streams` in the bundles. The AWS SDK loads it when an operation streams events; none of
 * DynamoDB's and KMS's does, so its codec (16 KB) would never run. Loading it fails, and says why.
 */
throw new Error('event streams are left out of the bundles; see lib/bundle-functions.ts');
