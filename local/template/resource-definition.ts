import type * as z from 'zod';

/** What the local runtime knows about one CloudFormation resource type. */
export interface ResourceDefinition<Properties = unknown> {
  /** The properties that are understood. Strict, all the way down: what is not listed stops the start. */
  readonly properties: z.ZodType<Properties>;
  /** Property to the reason why it may be disregarded on one machine. */
  readonly noEffect: Readonly<Record<string, string>>;
  /** The id that AWS would generate at creation; kept in the state file so that data outlives restarts. */
  readonly newPhysicalId?: (
    stackName: string,
    logicalId: string,
    properties: Readonly<Record<string, unknown>>,
  ) => string;
  readonly ref: (resource: ResourceContext) => string;
  readonly attributes: Readonly<Record<string, (resource: ResourceContext) => string>>;
}

/** Where a resource lives, for computing its `Ref` and its attributes. */
export interface ResourceContext {
  readonly logicalId: string;
  readonly region: string;
  readonly accountId: string;
  /** From the state file; throws when the type has none. */
  physicalId(): string;
  /** A property's resolved text; `undefined` when absent. */
  text(property: string): string | undefined;
}

export type ResourceDefinitions = Readonly<Record<string, ResourceDefinition>>;

export const MANAGEMENT_ONLY = 'seen by operators of an AWS account only';
