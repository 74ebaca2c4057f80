import type { KeyModel } from './stack-model.ts';

/** The ARN of a key of this template, which CloudFormation takes by id or by ARN. */
export function encryptionKeyArn(user: string, keys: readonly KeyModel[], idOrArn: string): string {
  const key = keys.find(({ keyId, arn }) => idOrArn === keyId || idOrArn === arn);
  if (key === undefined) {
    throw new Error(
      `${user}: encryption key ${idOrArn} is not in the template: an imported key cannot be used locally`,
    );
  }
  return key.arn;
}
