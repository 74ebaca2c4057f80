import { matchesWildcard } from '../iam/wildcard.ts';
import type { FunctionHost } from '../lambda/function-host.ts';
import type { FunctionModel, StackModel } from '../template/stack-model.ts';
import { GatewayError, type ResponseType } from './gateway-error.ts';

interface HostedFunction {
  readonly model: Pick<FunctionModel, 'permissions'>;
  readonly host: FunctionHost;
}

/** By function ARN. */
export type HostedFunctions = ReadonlyMap<string, HostedFunction>;

export interface InvocableFunctions {
  forMethod(functionArn: string, method: string, resourcePath: string): FunctionHost;
  forAuthorizer(functionArn: string, authorizerId: string): FunctionHost;
}

/** The functions that the template's AWS::Lambda::Permission resources let this API invoke; any other is an error. */
export function createInvocableFunctions(
  { region, accountId, api }: Pick<StackModel, 'region' | 'accountId' | 'api'>,
  functions: HostedFunctions,
): InvocableFunctions {
  const apiArn = `arn:aws:execute-api:${region}:${accountId}:${api.apiId}`;

  function find(functionArn: string, sourceArn: string, errorType: ResponseType): FunctionHost {
    const hosted = functions.get(functionArn);
    if (hosted === undefined || !mayInvoke(hosted.model, sourceArn)) throw new GatewayError(errorType);
    return hosted.host;
  }

  return {
    forMethod: (functionArn, method, resourcePath) =>
      find(functionArn, `${apiArn}/${api.stageName}/${method}${resourcePath}`, 'API_CONFIGURATION_ERROR'),
    forAuthorizer: (functionArn, authorizerId) =>
      find(functionArn, `${apiArn}/authorizers/${authorizerId}`, 'AUTHORIZER_CONFIGURATION_ERROR'),
  };
}

function mayInvoke({ permissions }: HostedFunction['model'], sourceArn: string): boolean {
  return permissions.some(
    (permission) =>
      permission.principal === 'apigateway.amazonaws.com' &&
      (permission.sourceArn === undefined || matchesWildcard(permission.sourceArn, sourceArn)),
  );
}
