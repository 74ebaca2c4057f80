import type { StackModel } from '../template/stack-model.ts';
import { type Check, firstDenial, type Principal, queueChecks } from './authorize-call.ts';
import { queueAccess } from './sqs-access.ts';

/** What Lambda does with the role of a function that a queue invokes. */
const POLL_ACTIONS = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'];

/**
 * Throws when what invokes functions unasked lacks a permission for it. Policies do not change while the hub runs, so
 * that this answers for every later poll, invocation and dead letter.
 */
export function assertTriggerAccess(stack: StackModel): void {
  const onQueue = (queueArn: string, ...actions: readonly string[]): Check[] => {
    const name = queueArn.slice(queueArn.lastIndexOf(':') + 1);
    return actions.flatMap((action) => queueChecks(queueAccess(stack, action, name)));
  };
  const assert = (user: string, principal: Principal, checks: readonly Check[]): void => {
    const message = firstDenial(stack, principal, checks);
    if (message !== undefined) throw new Error(`${user}: ${message}`);
  };

  for (const { logicalId, queueArn, functionArn } of stack.queueTriggers) {
    const fn = stack.functions.find(({ arn }) => arn === functionArn);
    if (fn !== undefined) assert(logicalId, fn, onQueue(queueArn, ...POLL_ACTIONS));
  }
  for (const { logicalId, scheduleName: functionName, role, functionArn, deadLetterQueueArn } of stack.schedules) {
    assert(logicalId, { role, functionName }, [
      { action: 'lambda:InvokeFunction', resource: functionArn },
      ...(deadLetterQueueArn === undefined ? [] : onQueue(deadLetterQueueArn, 'SendMessage')),
    ]);
  }
  for (const fn of stack.functions) {
    const { onFailureQueueArn } = fn.asynchronous;
    if (onFailureQueueArn !== undefined) assert(fn.logicalId, fn, onQueue(onFailureQueueArn, 'SendMessage'));
  }
}
