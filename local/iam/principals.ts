import * as z from 'zod';
import type { PolicyDocument } from '../template/stack-model.ts';
import type { Caller } from './caller.ts';

/** The names of AWS identities in a statement's `Principal`; services are not among them. */
export const principals = (principal: unknown): readonly string[] => principalSchema.parse(principal);

/** What a resource's policy may call this caller, everybody included. */
export const namesOf = ({ roleArn, sessionArn }: Caller): readonly string[] => ['*', roleArn, sessionArn];

/** What it may call the account, which leaves the decision to the policies of the account's identities. */
export const namesOfAccount = ({ accountId }: Caller): readonly string[] => [
  `arn:aws:iam::${accountId}:root`,
  accountId,
];

export const statementsAbout = ({ Statement }: PolicyDocument, names: readonly string[]): PolicyDocument => ({
  Statement: Statement.filter(({ Principal }) => principals(Principal).some((name) => names.includes(name))),
});

const principalSchema = z.union([
  z.literal('*').transform((everyone) => [everyone]),
  z
    .object({ AWS: z.union([z.string(), z.array(z.string())]).default([]) })
    .transform(({ AWS }) => (typeof AWS === 'string' ? [AWS] : AWS)),
]);
