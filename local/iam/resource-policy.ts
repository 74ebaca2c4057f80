import type { PolicyDocument } from '../template/stack-model.ts';
import type { Caller } from './caller.ts';
import { type AccessRequest, type Decision, evaluatePolicies } from './evaluate-policies.ts';
import { namesOf, namesOfAccount, statementsAbout } from './principals.ts';

/**
 * Within an account the policy of a queue or a bucket and the caller's own each suffice to allow, and each to deny.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-id-rdp.html
 */
export function evaluateResourceAccess(
  resourcePolicies: readonly PolicyDocument[],
  caller: Caller,
  request: AccessRequest,
): { readonly decision: Decision; readonly decidedBy: 'identity' | 'resource' } {
  const about = (names: readonly string[]): PolicyDocument[] =>
    resourcePolicies.map((policy) => statementsAbout(policy, names));
  const direct = evaluatePolicies(about(namesOf(caller)), request);
  const ofAccount = evaluatePolicies(about(namesOfAccount(caller)), request);
  if (direct === 'explicitly_denied' || ofAccount === 'explicitly_denied') {
    return { decision: 'explicitly_denied', decidedBy: 'resource' };
  }
  const own = evaluatePolicies(caller.policies, request);
  if (own === 'implicitly_denied' && direct === 'allowed') return { decision: direct, decidedBy: 'resource' };
  return { decision: own, decidedBy: 'identity' };
}
