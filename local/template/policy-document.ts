import * as z from 'zod';

const oneOrMore = z.union([z.string(), z.array(z.string())]);
const conditionValue = z.union([z.string(), z.boolean(), z.number(), z.array(z.string())]);

const statement = z.strictObject({
  Sid: z.string().exactOptional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.unknown().exactOptional(),
  Action: oneOrMore.exactOptional(),
  NotAction: oneOrMore.exactOptional(),
  Resource: oneOrMore.exactOptional(),
  NotResource: oneOrMore.exactOptional(),
  Condition: z.record(z.string(), z.record(z.string(), conditionValue)).exactOptional(),
});

/** An IAM or key policy. `NotPrincipal` is refused: it is not evaluated locally. */
export const policyDocument = z.strictObject({
  Version: z.string().exactOptional(),
  Statement: z.union([z.array(statement), statement.transform((only) => [only])]),
});
