import * as z from 'zod';
import { trustsService } from '../iam/trust-policy.ts';
import { policyDocument } from './policy-document.ts';
import { MANAGEMENT_ONLY, type ResourceContext, type ResourceDefinition } from './resource-definition.ts';
import { type ResourceName, resourceName } from './resource-name.ts';
import type { PolicyDocument, RoleModel } from './stack-model.ts';
import type { TemplateReader } from './template-reader.ts';

interface RoleUse {
  /** Logical id of the resource that has the role. */
  readonly user: string;
  readonly roleArn: string;
  /** Service principal that acts for it. */
  readonly service: string;
  /** What the service says of itself when it assumes the role. */
  readonly conditionKeys?: Readonly<Record<string, string>>;
}

/** The role with every policy that applies to it, wherever the template declares it. */
export function readRole(reader: TemplateReader, use: RoleUse): RoleModel {
  const logicalId = findTrustingRole(reader, use);
  const { Policies, ManagedPolicyArns } = reader.properties(logicalId, ROLE);
  const roleName = reader.ref(logicalId);
  return {
    logicalId,
    arn: reader.attribute(logicalId, 'Arn'),
    policies: [
      ...Policies.map(({ PolicyDocument }) => PolicyDocument),
      ...ManagedPolicyArns.map((arn) => managedPolicy(reader, logicalId, arn)),
      ...attachedPolicies(reader, roleName),
    ],
  };
}

/** The logical id of the role that AWS would let the service assume. */
export function findTrustingRole(reader: TemplateReader, { user, roleArn, service, conditionKeys }: RoleUse): string {
  const logicalId = reader.logicalIds('AWS::IAM::Role').find((id) => reader.attribute(id, 'Arn') === roleArn);
  if (logicalId === undefined) {
    throw new Error(`${user}: role ${roleArn} is not in the template, so its policies are unknown locally`);
  }
  const { AssumeRolePolicyDocument } = reader.properties(logicalId, ROLE);
  if (!trustsService(AssumeRolePolicyDocument, service, conditionKeys)) {
    throw new Error(
      `${user}: role ${logicalId} cannot be used, for no statement of AssumeRolePolicyDocument lets ${service} sts:AssumeRole`,
    );
  }
  return logicalId;
}

/** `AWS::IAM::Policy` and `AWS::IAM::ManagedPolicy` name the roles that they attach themselves to. */
function attachedPolicies(reader: TemplateReader, roleName: string): PolicyDocument[] {
  const inline = reader.logicalIds('AWS::IAM::Policy').map((id) => reader.properties(id, POLICY));
  const managed = reader.logicalIds('AWS::IAM::ManagedPolicy').map((id) => reader.properties(id, MANAGED_POLICY));
  return [...inline, ...managed]
    .filter(({ Roles }) => Roles.includes(roleName))
    .map(({ PolicyDocument }) => PolicyDocument);
}

function managedPolicy(reader: TemplateReader, logicalId: string, arn: string): PolicyDocument {
  const own = reader.logicalIds('AWS::IAM::ManagedPolicy').find((id) => reader.ref(id) === arn);
  const policy = own === undefined ? AWS_MANAGED[arn] : reader.properties(own, MANAGED_POLICY).PolicyDocument;
  if (policy === undefined) {
    throw new Error(`${logicalId}: managed policy ${arn} is not known locally; add its document to local/template`);
  }
  return policy;
}

const AWS_MANAGED: Readonly<Record<string, PolicyDocument>> = {
  'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole': {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: '*',
      },
    ],
  },
};

const roleName: ResourceName = resourceName('RoleName', 64);

const roleArn = (resource: ResourceContext): string =>
  `arn:aws:iam::${resource.accountId}:role${resource.text('Path') ?? '/'}${roleName.ref(resource)}`;

const ROLE = {
  properties: z.strictObject({
    RoleName: z.string().optional(),
    Path: z.string().optional(),
    AssumeRolePolicyDocument: policyDocument,
    Policies: z.array(z.strictObject({ PolicyName: z.string(), PolicyDocument: policyDocument })).default([]),
    ManagedPolicyArns: z.array(z.string()).default([]),
  }),
  noEffect: {
    MaxSessionDuration: 'local credentials last as long as the process',
    Description: MANAGEMENT_ONLY,
    Tags: MANAGEMENT_ONLY,
  },
  ...roleName,
  attributes: { Arn: roleArn, RoleId: (resource) => resource.logicalId },
} satisfies ResourceDefinition;

const POLICY = {
  properties: z.strictObject({
    PolicyName: z.string(),
    PolicyDocument: policyDocument,
    Roles: z.array(z.string()).default([]),
  }),
  noEffect: {},
  ref: ({ text, logicalId }) => text('PolicyName') ?? logicalId,
  attributes: {},
} satisfies ResourceDefinition;

const managedPolicyName: ResourceName = resourceName('ManagedPolicyName', 128);

const MANAGED_POLICY = {
  properties: z.strictObject({
    ManagedPolicyName: z.string().optional(),
    Path: z.string().optional(),
    PolicyDocument: policyDocument,
    Roles: z.array(z.string()).default([]),
  }),
  noEffect: { Description: MANAGEMENT_ONLY },
  ...managedPolicyName,
  ref: (resource) =>
    `arn:aws:iam::${resource.accountId}:policy${resource.text('Path') ?? '/'}${managedPolicyName.ref(resource)}`,
  attributes: {},
} satisfies ResourceDefinition;

export const ROLE_DEFINITIONS = {
  'AWS::IAM::Role': ROLE,
  'AWS::IAM::Policy': POLICY,
  'AWS::IAM::ManagedPolicy': MANAGED_POLICY,
};
