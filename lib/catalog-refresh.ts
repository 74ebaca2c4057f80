import { Duration } from 'aws-cdk-lib';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { ENV, TIME_LIMITS } from '../lambdas/contract.ts';
import { DeadLetters } from './dead-letters.ts';
import type { HubFunction } from './hub-function.ts';
import { HubSchedule } from './hub-schedule.ts';
import type { StageConfig } from './stage-config.ts';
import { WorkQueue } from './work-queue.ts';

/** Asks servers again what they offer, before their catalogs expire. */
export class CatalogRefresh extends Construct {
  readonly queue: WorkQueue;
  readonly deadLetters: DeadLetters;
  private readonly config: StageConfig;

  constructor(scope: Construct, id: string, config: StageConfig) {
    super(scope, id);
    this.config = config;
    this.deadLetters = new DeadLetters(this, 'DeadLetters');
    this.queue = new WorkQueue(this, 'Queue', {
      timeLimitSeconds: TIME_LIMITS.refresher,
      deadLetters: this.deadLetters,
      environmentName: ENV.refreshQueue,
    });
  }

  /** Lets a function look every ten minutes for servers that are due, and tell the refreshers. */
  startWith(fn: HubFunction, deadLetters: DeadLetters): void {
    this.queue.grantSend(fn);
    new HubSchedule(this, 'Schedule', {
      fn,
      description: 'Asks servers again what they offer',
      schedule: ScheduleExpression.rate(Duration.minutes(10)),
      deadLetters,
      // The next ten minutes try again.
      retryAttempts: 2,
      maxEventAge: Duration.minutes(5),
    });
  }

  /** Lets a function ask servers, a bounded number of them at once. */
  employ(fn: HubFunction): void {
    this.queue.feed(fn, this.config.catalog.refreshers);
  }
}
