import type { FunctionModel, KeyModel, StackModel } from '../template/stack-model.ts';
import { type Caller, callContext, callerOf } from './caller.ts';
import { dynamoDbAccesses } from './dynamodb-access.ts';
import { type AccessRequest, assertPoliciesSupported, type Decision, evaluatePolicies } from './evaluate-policies.ts';
import { assertKeyPolicySupported, evaluateKeyAccess } from './key-policy.ts';
import { type CiphertextKeyId, type KeyAccess, kmsAccesses, tableKeyAccesses } from './kms-access.ts';

export interface AwsRequest {
  readonly service: 'dynamodb' | 'kms';
  readonly operation: string;
  /** Parsed JSON. */
  readonly body: unknown;
}

type Authorization =
  | { readonly outcome: 'allowed' }
  | { readonly outcome: 'denied'; readonly message: string }
  | { readonly outcome: 'unknown_operation' };

/** Decides about requests as IAM would with the template's roles and key policies. */
export type AuthorizeCall = (caller: FunctionModel, request: AwsRequest) => Authorization;

/** Throws when the stack has a policy that cannot be evaluated faithfully. */
export function createAuthorizeCall(stack: StackModel, ciphertextKeyId: CiphertextKeyId): AuthorizeCall {
  for (const { logicalId, role } of stack.functions) {
    assertPoliciesSupported(`${role.logicalId} (role of ${logicalId})`, role.policies);
  }
  for (const { logicalId, policy } of stack.keys) {
    assertKeyPolicySupported(logicalId, policy);
  }

  return (fn, { service, operation, body }) => {
    const checks =
      service === 'dynamodb'
        ? dynamoDbChecks(stack, operation, body)
        : kmsAccesses(stack, operation, body, ciphertextKeyId)?.map(keyCheck);
    if (checks === undefined) {
      return { outcome: 'unknown_operation' };
    }
    const caller = callerOf(stack, fn);
    for (const check of checks) {
      const message = denial(caller, check, stack);
      if (message !== undefined) {
        return { outcome: 'denied', message };
      }
    }
    return { outcome: 'allowed' };
  };
}

interface Check {
  readonly action: string;
  readonly resource: string;
  readonly conditionKeys: KeyAccess['conditionKeys'];
  readonly key: KeyModel | undefined;
}

const keyCheck = (access: KeyAccess): Check => ({ ...access, resource: access.key.arn });

function dynamoDbChecks(stack: StackModel, operation: string, body: unknown): Check[] | undefined {
  return dynamoDbAccesses(stack, operation, body)?.flatMap(({ table, data, ...access }) => {
    const keyArn = table?.encryptionKeyArn;
    const keyChecks =
      table === undefined || keyArn === undefined || data === 'none'
        ? []
        : tableKeyAccesses(stack, keyArn, table.tableName, data).map(keyCheck);
    return [{ ...access, key: undefined }, ...keyChecks];
  });
}

/** AWS's own sentence; `undefined` when the check passes. */
function denial(
  caller: Caller,
  { action, resource, conditionKeys, key }: Check,
  stack: StackModel,
): string | undefined {
  const request: AccessRequest = {
    action,
    resource,
    context: callContext(stack, caller, conditionKeys),
  };
  const { decision, decidedBy } =
    key === undefined
      ? { decision: evaluatePolicies(caller.policies, request), decidedBy: 'identity' as const }
      : evaluateKeyAccess(key.policy, caller, request);
  return decision === 'allowed'
    ? undefined
    : `User: ${caller.sessionArn} is not authorized to perform: ${action} on resource: ${resource} ${reason(decision, decidedBy, action)}`;
}

const reason = (decision: Decision, decidedBy: 'identity' | 'resource', action: string): string =>
  decision === 'explicitly_denied'
    ? `with an explicit deny in ${decidedBy === 'identity' ? 'an identity' : 'a resource'}-based policy`
    : `because no ${decidedBy}-based policy allows the ${action} action`;
