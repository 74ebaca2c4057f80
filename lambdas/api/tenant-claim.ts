import type { BasePreTokenGenerationV3TriggerEvent } from 'aws-lambda';

type TokenEvent = BasePreTokenGenerationV3TriggerEvent<string>;

const MACHINE_GRANT = 'TokenGeneration_ClientCredentials';

/**
 * Cognito's pre-token-generation trigger: puts the caller's tenant into the access token. A machine client is a tenant
 * of its own; a person's tenant is what an administrator wrote into `custom:tenant`. Without one nothing is added, and
 * the authorizer refuses a token that names no tenant.
 */
export const handler = async (event: TokenEvent): Promise<TokenEvent> => {
  const tenant = tenantOf(event);
  if (!tenant) return event;
  const claims = { accessTokenGeneration: { claimsToAddOrOverride: { tenant } } };
  return { ...event, response: { claimsAndScopeOverrideDetails: claims } };
};

function tenantOf(event: TokenEvent): string | undefined {
  if (event.triggerSource === MACHINE_GRANT) return event.callerContext.clientId;
  return event.request.userAttributes['custom:tenant'];
}
