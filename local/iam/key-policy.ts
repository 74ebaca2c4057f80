import type { PolicyDocument, PolicyStatement } from '../template/stack-model.ts';
import type { Caller } from './caller.ts';
import { type AccessRequest, assertPoliciesSupported, type Decision, evaluatePolicies } from './evaluate-policies.ts';
import { namesOf, namesOfAccount, principals, statementsAbout } from './principals.ts';

/**
 * A key may be used when its policy allows the caller, or leaves it to the account (the root principal) and the
 * caller's own policies allow it. https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
 */
export function evaluateKeyAccess(
  keyPolicy: PolicyDocument,
  caller: Caller,
  request: AccessRequest,
): { readonly decision: Decision; readonly decidedBy: 'identity' | 'resource' } {
  const direct = evaluatePolicies([statementsAbout(keyPolicy, namesOf(caller))], request);
  const delegated = evaluatePolicies([statementsAbout(keyPolicy, namesOfAccount(caller))], request);
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

/** Statements about AWS services are left alone: locally a service acts on a caller's behalf or needs no permission. */
export function assertResourcePolicySupported(owner: string, { Statement }: PolicyDocument): void {
  assertPoliciesSupported(owner, [{ Statement: Statement.filter(isAboutCallers) }]);
}

const isAboutCallers = ({ Principal }: PolicyStatement): boolean => principals(Principal).length > 0;
