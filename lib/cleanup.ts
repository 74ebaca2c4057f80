import { Duration, TimeZone } from 'aws-cdk-lib';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { ENV, TIME_LIMITS } from '../lambdas/contract.ts';
import { DeadLetters } from './dead-letters.ts';
import type { HubFunction } from './hub-function.ts';
import { HubSchedule } from './hub-schedule.ts';
import { WorkQueue } from './work-queue.ts';

/** The least that a mapping takes. There are three tasks, and none is in a hurry. */
const CLEANERS = 2;

/** Removes every night what belongs to nothing. A task that needs longer than a function may goes on by a message. */
export class Cleanup extends Construct {
  readonly queue: WorkQueue;
  readonly deadLetters: DeadLetters;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.deadLetters = new DeadLetters(this, 'DeadLetters');
    this.queue = new WorkQueue(this, 'Queue', {
      timeLimitSeconds: TIME_LIMITS.cleaner,
      deadLetters: this.deadLetters,
      environmentName: ENV.cleanupQueue,
    });
  }

  startWith(fn: HubFunction, deadLetters: DeadLetters): void {
    this.queue.grantSend(fn);
    new HubSchedule(this, 'Schedule', {
      fn,
      description: 'Removes what belongs to nothing',
      schedule: ScheduleExpression.cron({ minute: '0', hour: '2', timeZone: TimeZone.ETC_UTC }),
      deadLetters,
      // The next one is a day away.
      retryAttempts: 20,
      maxEventAge: Duration.hours(6),
    });
  }

  employ(fn: HubFunction): void {
    this.queue.grantSend(fn);
    this.queue.feed(fn, CLEANERS);
  }
}
