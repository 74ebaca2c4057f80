import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * Replaces the AWS SDK's chain of credential sources in the bundles. A function's credentials are in its environment and
 * nowhere else; the other sources are 100 KB that would never run.
 */
export const defaultProvider = fromEnv;
