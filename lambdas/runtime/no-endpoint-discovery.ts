/**
 * Replaces `@aws-sdk/middleware-endpoint-discovery` in the bundles. DynamoDB is at one address per Region; the SDK's client
 * only sets up a cache of discovered ones, which no operation ever asks, and brings two collection libraries (8 KB) for it.
 */
export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: (): undefined => undefined,
  configFileSelector: (): undefined => undefined,
  default: undefined,
};

export function resolveEndpointDiscoveryConfig<C>(config: C): C {
  return config;
}
