import * as z from 'zod';
import type { PolicyDocument } from '../template/stack-model.ts';
import { evaluatePolicies } from './evaluate-policies.ts';
import { requestContext } from './request-context.ts';

/** Whether a role's trust policy lets an AWS service assume the role. It names no resource: the role is the one. */
export function trustsService(
  { Statement }: PolicyDocument,
  service: string,
  conditionKeys: Readonly<Record<string, string>> = {},
): boolean {
  const aboutService = Statement.filter(({ Principal }) => servicesOf(Principal).includes(service)).map(
    (statement) => ({
      ...statement,
      Resource: '*',
    }),
  );
  const request = { action: 'sts:AssumeRole', resource: '*', context: requestContext(conditionKeys) };
  return evaluatePolicies([{ Statement: aboutService }], request) === 'allowed';
}

/** `*` is everyone with an AWS identity, which a service has not. */
const servicesOf = (principal: unknown): readonly string[] => principalSchema.catch([]).parse(principal);

const principalSchema = z
  .object({ Service: z.union([z.string(), z.array(z.string())]) })
  .transform(({ Service }) => (typeof Service === 'string' ? [Service] : Service));
