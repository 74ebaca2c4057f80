import * as z from 'zod';
import { MANAGEMENT_ONLY, type ResourceDefinition } from './resource-definition.ts';
import { resourceName } from './resource-name.ts';
import { readRole } from './roles.ts';
import { parseScheduleExpression } from './schedule-expression.ts';
import type { FunctionModel, QueueModel, ScheduleModel } from './stack-model.ts';
import type { TemplateReader } from './template-reader.ts';
import { wholeNumber } from './whole-number.ts';

/** EventBridge Scheduler's schedules of functions. */
export function readSchedules(
  reader: TemplateReader,
  queues: readonly QueueModel[],
  functions: readonly FunctionModel[],
): ScheduleModel[] {
  return reader.logicalIds('AWS::Scheduler::Schedule').map((logicalId) => {
    const { GroupName, ScheduleExpression, State, Target } = reader.properties(logicalId, SCHEDULE);
    const deadLetterQueueArn = Target.DeadLetterConfig?.Arn;
    if (!functions.some(({ arn }) => arn === Target.Arn)) {
      throw new Error(`${logicalId}: its target ${Target.Arn} is no function of the template`);
    }
    if (deadLetterQueueArn !== undefined && !queues.some(({ arn }) => arn === deadLetterQueueArn)) {
      throw new Error(`${logicalId}: its dead-letter queue ${deadLetterQueueArn} is not in the template`);
    }
    const { region, accountId } = reader;
    const sourceArn = `arn:aws:scheduler:${region}:${accountId}:schedule-group/${GroupName}`;
    const conditionKeys = { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': accountId };
    const service = 'scheduler.amazonaws.com';
    return {
      logicalId,
      scheduleName: reader.ref(logicalId),
      arn: `arn:aws:scheduler:${region}:${accountId}:schedule/${GroupName}/${reader.ref(logicalId)}`,
      expression: ScheduleExpression,
      enabled: State === 'ENABLED',
      functionArn: Target.Arn,
      input: Target.Input,
      role: readRole(reader, { user: logicalId, roleArn: Target.RoleArn, service, conditionKeys }),
      retry: {
        maximumAttempts: Target.RetryPolicy.MaximumRetryAttempts,
        maximumEventAgeSeconds: Target.RetryPolicy.MaximumEventAgeInSeconds,
      },
      deadLetterQueueArn,
    };
  });
}

const expression = z.string().superRefine((text, context) => {
  try {
    parseScheduleExpression(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
  }
});

/** Lambda takes nothing else. */
const json = z.string().refine(isJson, { error: 'must be JSON' });

const target = z.strictObject({
  Arn: z.string(),
  RoleArn: z.string(),
  Input: json.optional(),
  DeadLetterConfig: z.strictObject({ Arn: z.string() }).optional(),
  RetryPolicy: z
    .strictObject({
      MaximumEventAgeInSeconds: wholeNumber(60, 86_400).default(86_400),
      MaximumRetryAttempts: wholeNumber(0, 185).default(185),
    })
    .prefault({}),
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const SCHEDULE = {
  properties: z.strictObject({
    Name: z.string().optional(),
    GroupName: z.string().default('default'),
    ScheduleExpression: expression,
    ScheduleExpressionTimezone: z.enum(['UTC', 'Etc/UTC']).optional(),
    // A window is for spreading load. Locally every schedule fires when its window opens.
    FlexibleTimeWindow: z.strictObject({
      Mode: z.enum(['OFF', 'FLEXIBLE']),
      MaximumWindowInMinutes: wholeNumber(1, 1_440).optional(),
    }),
    State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
    Target: target,
  }),
  noEffect: {
    Description: MANAGEMENT_ONLY,
    KmsKeyArn: 'schedules are not stored locally',
  },
  ...resourceName('Name', 64),
  attributes: {
    Arn: (resource) =>
      `arn:aws:scheduler:${resource.region}:${resource.accountId}:schedule/${resource.text('GroupName') ?? 'default'}/${resource.text('Name') ?? resource.physicalId()}`,
  },
} satisfies ResourceDefinition;

const SCHEDULE_GROUP = {
  properties: z.strictObject({ Name: z.string().optional() }),
  noEffect: { Tags: MANAGEMENT_ONLY },
  ...resourceName('Name', 64),
  attributes: {
    Arn: (resource) =>
      `arn:aws:scheduler:${resource.region}:${resource.accountId}:schedule-group/${resource.text('Name') ?? resource.physicalId()}`,
  },
} satisfies ResourceDefinition;

export const SCHEDULE_DEFINITIONS = {
  'AWS::Scheduler::Schedule': SCHEDULE,
  'AWS::Scheduler::ScheduleGroup': SCHEDULE_GROUP,
};
