import type { FunctionModel, KeyModel, PolicyDocument, StackModel } from '../template/stack-model.ts';
import { type Caller, callContext, callerOf } from './caller.ts';
import { dynamoDbAccesses } from './dynamodb-access.ts';
import { type AccessRequest, assertPoliciesSupported, type Decision } from './evaluate-policies.ts';
import { assertResourcePolicySupported, evaluateKeyAccess } from './key-policy.ts';
import { type CiphertextKeyId, type KeyAccess, kmsAccesses, tableKeyAccesses } from './kms-access.ts';
import { evaluateResourceAccess } from './resource-policy.ts';
import { type ObjectReference, s3Accesses } from './s3-access.ts';
import { type QueueAccess, sqsAccesses } from './sqs-access.ts';

export type AwsRequest =
  | {
      readonly service: 'dynamodb' | 'kms' | 'sqs';
      readonly operation: string;
      /** Parsed JSON. */
      readonly body: unknown;
    }
  | { readonly service: 's3'; readonly operation: string; readonly body: ObjectReference };

type Authorization =
  | { readonly outcome: 'allowed' }
  | { readonly outcome: 'denied'; readonly message: string }
  | { readonly outcome: 'unknown_operation' };

/** Who asks: a function, or what acts with a role of its own. */
export type Principal = Pick<FunctionModel, 'role' | 'functionName'>;

/** Decides about requests as IAM would with the template's roles and resource policies. */
export type AuthorizeCall = (principal: Principal, request: AwsRequest) => Authorization;

/** Throws when the stack has a policy that cannot be evaluated faithfully. */
export function createAuthorizeCall(stack: StackModel, ciphertextKeyId: CiphertextKeyId): AuthorizeCall {
  assertAllPoliciesSupported(stack);
  return (principal, request) => {
    const checks = checksOf(stack, request, ciphertextKeyId);
    if (checks === undefined) {
      return { outcome: 'unknown_operation' };
    }
    const message = firstDenial(stack, principal, checks);
    return message === undefined ? { outcome: 'allowed' } : { outcome: 'denied', message };
  };
}

function assertAllPoliciesSupported({ functions, schedules, keys, queues, buckets }: StackModel): void {
  for (const { logicalId, role } of [...functions, ...schedules]) {
    assertPoliciesSupported(`${role.logicalId} (role of ${logicalId})`, role.policies);
  }
  for (const { logicalId, policy } of keys) {
    assertResourcePolicySupported(logicalId, policy);
  }
  for (const { logicalId, policies } of [...queues, ...buckets]) {
    for (const policy of policies) assertResourcePolicySupported(`policy of ${logicalId}`, policy);
  }
}

/** One thing that has to be allowed. */
export interface Check {
  readonly action: string;
  readonly resource: string;
  readonly conditionKeys?: KeyAccess['conditionKeys'];
  /** A key's policy decides about its use; that of a queue or a bucket only beside the caller's own. */
  readonly key?: KeyModel;
  readonly resourcePolicies?: readonly PolicyDocument[];
}

function checksOf(stack: StackModel, request: AwsRequest, ciphertextKeyId: CiphertextKeyId): Check[] | undefined {
  const { service, operation } = request;
  switch (service) {
    case 'dynamodb':
      return dynamoDbChecks(stack, operation, request.body);
    case 'kms':
      return kmsAccesses(stack, operation, request.body, ciphertextKeyId)?.map(keyCheck);
    case 'sqs':
      return sqsAccesses(stack, operation, request.body)?.flatMap(queueChecks);
    case 's3':
      return s3Accesses(stack, operation, request.body)?.flatMap(({ bucket, keyAccesses, ...access }) => [
        { ...access, resourcePolicies: bucket?.policies ?? [] },
        ...keyAccesses.map(keyCheck),
      ]);
  }
}

const keyCheck = (access: KeyAccess): Check => ({ ...access, resource: access.key.arn });

export const queueChecks = ({ queue, keyAccesses, action, resource }: QueueAccess): Check[] => [
  { action, resource, resourcePolicies: queue?.policies ?? [] },
  ...keyAccesses.map(keyCheck),
];

function dynamoDbChecks(stack: StackModel, operation: string, body: unknown): Check[] | undefined {
  return dynamoDbAccesses(stack, operation, body)?.flatMap(({ table, data, ...access }) => {
    const keyArn = table?.encryptionKeyArn;
    const keyChecks =
      table === undefined || keyArn === undefined || data === 'none'
        ? []
        : tableKeyAccesses(stack, keyArn, table.tableName, data).map(keyCheck);
    return [access, ...keyChecks];
  });
}

/** AWS's own sentence about the first check that fails; `undefined` when all pass. */
export function firstDenial(stack: StackModel, principal: Principal, checks: readonly Check[]): string | undefined {
  const caller = callerOf(stack, principal);
  return checks.map((check) => denial(caller, check, stack)).find((message) => message !== undefined);
}

function denial(caller: Caller, check: Check, stack: StackModel): string | undefined {
  const { action, resource, conditionKeys, key, resourcePolicies = [] } = check;
  const request: AccessRequest = { action, resource, context: callContext(stack, caller, conditionKeys) };
  const { decision, decidedBy } =
    key === undefined
      ? evaluateResourceAccess(resourcePolicies, caller, request)
      : evaluateKeyAccess(key.policy, caller, request);
  return decision === 'allowed'
    ? undefined
    : `User: ${caller.sessionArn} is not authorized to perform: ${action} on resource: ${resource} ${reason(decision, decidedBy, action)}`;
}

const reason = (decision: Decision, decidedBy: 'identity' | 'resource', action: string): string =>
  decision === 'explicitly_denied'
    ? `with an explicit deny in ${decidedBy === 'identity' ? 'an identity' : 'a resource'}-based policy`
    : `because no ${decidedBy}-based policy allows the ${action} action`;
