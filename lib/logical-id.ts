import { CfnElement, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** As rules name a construct in what they find. */
export function logicalIdOf(construct: Construct): string {
  const { defaultChild } = construct.node;
  if (!CfnElement.isCfnElement(defaultChild)) throw new Error(`${construct.node.path} is no resource`);
  return Stack.of(construct).resolve(defaultChild.logicalId) as string;
}
