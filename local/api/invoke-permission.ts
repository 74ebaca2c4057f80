import { matchesWildcard } from '../iam/wildcard.ts';
import type { FunctionModel } from '../template/stack-model.ts';

/** Whether the template's AWS::Lambda::Permission resources let API Gateway invoke a function from this source. */
export function mayInvoke({ permissions }: Pick<FunctionModel, 'permissions'>, sourceArn: string): boolean {
  return permissions.some(
    (permission) =>
      permission.principal === 'apigateway.amazonaws.com' &&
      (permission.sourceArn === undefined || matchesWildcard(permission.sourceArn, sourceArn)),
  );
}
