import type { PolicyDocument, PolicyStatement } from '../template/stack-model.ts';
import { assertConditionSupported, assertNoVariable, conditionHolds } from './conditions.ts';
import type { RequestContext } from './request-context.ts';
import { UnsupportedPolicyError } from './unsupported-policy-error.ts';
import { matchesWildcard } from './wildcard.ts';

export type Decision = 'allowed' | 'explicitly_denied' | 'implicitly_denied';

export interface AccessRequest {
  readonly action: string;
  readonly resource: string;
  readonly context: RequestContext;
}

/**
 * IAM's evaluation of the policies of one kind: an explicit deny wins, otherwise one allow is needed.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluatePolicies(policies: readonly PolicyDocument[], request: AccessRequest): Decision {
  const effects = policies
    .flatMap(({ Statement }) => Statement)
    .filter((statement) => applies(statement, request))
    .map(({ Effect }) => Effect);
  if (effects.includes('Deny')) {
    return 'explicitly_denied';
  }
  return effects.includes('Allow') ? 'allowed' : 'implicitly_denied';
}

/** Throws when a policy cannot be evaluated faithfully. Asked once at start, so that no request meets the problem. */
export function assertPoliciesSupported(owner: string, policies: readonly PolicyDocument[]): void {
  for (const statement of policies.flatMap(({ Statement }) => Statement)) {
    try {
      assertStatementSupported(statement);
    } catch (error) {
      throw error instanceof UnsupportedPolicyError
        ? new UnsupportedPolicyError(`${owner}: ${error.message} (in ${JSON.stringify(statement)})`)
        : error;
    }
  }
}

function assertStatementSupported(statement: PolicyStatement, context?: RequestContext): void {
  const { Action, NotAction, Resource, NotResource } = statement;
  if ((Action === undefined) === (NotAction === undefined)) {
    throw new UnsupportedPolicyError('a statement needs either Action or NotAction');
  }
  if ((Resource === undefined) === (NotResource === undefined)) {
    throw new UnsupportedPolicyError('a statement needs either Resource or NotResource');
  }
  for (const resource of many(Resource ?? NotResource)) {
    assertNoVariable(resource);
  }
  assertConditionSupported(statement.Condition ?? {}, context);
}

function applies(statement: PolicyStatement, { action, resource, context }: AccessRequest): boolean {
  assertStatementSupported(statement, context);
  const { Action, NotAction, Resource, NotResource, Condition } = statement;
  const nameMatches = (pattern: string): boolean => matchesWildcard(pattern, action, { ignoreCase: true });
  const resourceMatches = (pattern: string): boolean => matchesWildcard(pattern, resource);
  return (
    (NotAction === undefined ? many(Action).some(nameMatches) : !many(NotAction).some(nameMatches)) &&
    (NotResource === undefined ? many(Resource).some(resourceMatches) : !many(NotResource).some(resourceMatches)) &&
    conditionHolds(Condition ?? {}, context)
  );
}

const many = (value: string | readonly string[] | undefined): readonly string[] =>
  typeof value === 'string' ? [value] : (value ?? []);
