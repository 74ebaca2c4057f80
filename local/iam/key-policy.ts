import * as z from 'zod';
import type { PolicyDocument, PolicyStatement } from '../template/stack-model.ts';
import type { Caller } from './caller.ts';
import { type AccessRequest, assertPoliciesSupported, type Decision, evaluatePolicies } from './evaluate-policies.ts';

/**
 * A key may be used when its policy allows the caller, or leaves it to the account (the root principal) and the
 * caller's own policies allow it. https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
 */
export function evaluateKeyAccess(
  keyPolicy: PolicyDocument,
  caller: Caller,
  request: AccessRequest,
): { readonly decision: Decision; readonly decidedBy: 'identity' | 'resource' } {
  const about = (names: readonly string[]): PolicyDocument => ({
    Statement: keyPolicy.Statement.filter(({ Principal }) =>
      principals(Principal).some((name) => names.includes(name)),
    ),
  });
  const direct = evaluatePolicies([about(['*', caller.roleArn, caller.sessionArn])], request);
  const delegated = evaluatePolicies([about([rootArn(caller.accountId), caller.accountId])], request);
  const own = evaluatePolicies(caller.policies, request);

  if (direct === 'explicitly_denied' || delegated === 'explicitly_denied') {
    return { decision: 'explicitly_denied', decidedBy: 'resource' };
  }
  if (own === 'explicitly_denied') {
    return { decision: own, decidedBy: 'identity' };
  }
  if (direct === 'allowed') {
    return { decision: direct, decidedBy: 'resource' };
  }
  return delegated === 'allowed'
    ? { decision: own, decidedBy: 'identity' }
    : { decision: 'implicitly_denied', decidedBy: 'resource' };
}

/** Statements about AWS services are left alone: no service but DynamoDB, on a caller's behalf, uses a key locally. */
export function assertKeyPolicySupported(owner: string, { Statement }: PolicyDocument): void {
  assertPoliciesSupported(owner, [{ Statement: Statement.filter(isAboutCallers) }]);
}

const isAboutCallers = ({ Principal }: PolicyStatement): boolean => principals(Principal).length > 0;

const principalSchema = z.union([
  z.literal('*').transform((everyone) => [everyone]),
  z
    .object({ AWS: z.union([z.string(), z.array(z.string())]).default([]) })
    .transform(({ AWS }) => (typeof AWS === 'string' ? [AWS] : AWS)),
]);

const principals = (principal: unknown): readonly string[] => principalSchema.parse(principal);

const rootArn = (accountId: string): string => `arn:aws:iam::${accountId}:root`;
