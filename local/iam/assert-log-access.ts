import type { StackModel } from '../template/stack-model.ts';
import { callContext, callerOf } from './caller.ts';
import { evaluatePolicies } from './evaluate-policies.ts';

/** What Lambda does with a function's role for its log. Without it a function runs, and nobody reads what it wrote. */
const LOG_ACTIONS = ['logs:CreateLogStream', 'logs:PutLogEvents'];

/** Throws when a function's role does not let it write the log group that the template gives it. */
export function assertLogAccess(stack: Pick<StackModel, 'region' | 'accountId' | 'functions'>): void {
  for (const fn of stack.functions) {
    const caller = callerOf(stack, fn);
    const context = callContext(stack, caller);
    const resource = `arn:aws:logs:${stack.region}:${stack.accountId}:log-group:${fn.logGroupName}:log-stream:local`;
    for (const action of LOG_ACTIONS) {
      if (evaluatePolicies(caller.policies, { action, resource, context }) !== 'allowed') {
        throw new Error(
          `${fn.logicalId}: role ${fn.role.logicalId} does not allow ${action} on log group ${fn.logGroupName}, so the function would have no log`,
        );
      }
    }
  }
}
