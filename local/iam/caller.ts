import type { FunctionModel, PolicyDocument, StackModel } from '../template/stack-model.ts';
import { type RequestContext, requestContext } from './request-context.ts';

/** A function as the role that it runs with. */
export interface Caller {
  readonly accountId: string;
  readonly roleArn: string;
  readonly sessionArn: string;
  readonly policies: readonly PolicyDocument[];
}

export function callerOf(
  { accountId }: Pick<StackModel, 'accountId'>,
  { role, functionName }: Pick<FunctionModel, 'role' | 'functionName'>,
): Caller {
  const roleName = role.arn.slice(role.arn.lastIndexOf('/') + 1);
  return {
    accountId,
    roleArn: role.arn,
    sessionArn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/${functionName}`,
    policies: role.policies,
  };
}

/** The condition keys that every call of the caller has, and those of this call. */
export function callContext(
  { region, accountId }: Pick<StackModel, 'region' | 'accountId'>,
  caller: Caller,
  conditionKeys: Parameters<typeof requestContext>[0] = {},
): RequestContext {
  return requestContext({
    'aws:PrincipalAccount': caller.accountId,
    'aws:PrincipalArn': caller.roleArn,
    'aws:PrincipalType': 'AssumedRole',
    'aws:RequestedRegion': region,
    'aws:ResourceAccount': accountId,
    'aws:SecureTransport': 'true',
    'aws:ViaAWSService': 'false',
    ...conditionKeys,
  });
}
