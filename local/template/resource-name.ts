import { randomBytes } from 'node:crypto';
import type { ResourceDefinition } from './resource-definition.ts';

export type ResourceName = Required<Pick<ResourceDefinition, 'ref' | 'newPhysicalId'>>;

/** For types whose `Ref` is a name: the one in the template, else one generated as CloudFormation does. */
export function resourceName(property: string, maxLength = 255): ResourceName {
  return {
    ref: (resource) => resource.text(property) ?? resource.physicalId(),
    newPhysicalId: (stackName, logicalId) => {
      const suffix = `-${randomBytes(6).toString('hex').toUpperCase()}`;
      return `${stackName}-${logicalId}`.slice(0, maxLength - suffix.length) + suffix;
    },
  };
}

/** API ids are ten lowercase letters and digits. */
export const randomApiId = (): string => randomBytes(5).toString('hex');
