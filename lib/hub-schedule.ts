import { Aws, type Duration, Validations } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Schedule, type ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { Construct } from 'constructs';
import type { DeadLetters } from './dead-letters.ts';
import type { HubFunction } from './hub-function.ts';
import { logicalIdOf } from './logical-id.ts';

export interface HubScheduleProps {
  readonly fn: HubFunction;
  readonly description: string;
  readonly schedule: ScheduleExpression;
  /** For events that Lambda does not take. */
  readonly deadLetters: DeadLetters;
  readonly retryAttempts: number;
  /** At least a minute. An event that is older is of no use any more. */
  readonly maxEventAge: Duration;
}

/** A schedule of one function, with a role that may do nothing but invoke it and write its dead letters. */
export class HubSchedule extends Schedule {
  constructor(scope: Construct, id: string, { fn, description, schedule, deadLetters, ...retry }: HubScheduleProps) {
    const conditions = { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } };
    const role = new Role(scope, `${id}Role`, {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', { conditions }),
    });
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${logicalIdOf(fn)}.Arn>:*]`,
      reason: 'The versions and aliases of the one function that the schedule is for.',
    });
    super(scope, id, {
      description,
      schedule,
      target: new LambdaInvoke(fn, { role, deadLetterQueue: deadLetters, ...retry }),
    });
  }
}
