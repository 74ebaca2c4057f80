import { KMSClient } from '@aws-sdk/client-kms';

/** The one retrying layer towards KMS, each wait of it bounded. */
export function createKmsClient(): KMSClient {
  return new KMSClient({
    maxAttempts: 3,
    // Without the third setting the second one only warns.
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
  });
}
