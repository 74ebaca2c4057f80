import type {
  OAuthClientMetadata,
  OAuthClientProvider,
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client';
import { REDIRECT_URI } from './oauth-client.ts';

/** What an application keeps for the SDK's OAuth, and the page that it would have opened. */
export interface OAuthMemory extends OAuthClientProvider {
  readonly opened: URL[];
}

/** An application that nobody registered: it has nothing but a redirect URI. */
export function createOAuthMemory(metadata: Partial<OAuthClientMetadata> = {}): OAuthMemory {
  let client: StoredOAuthClientInformation | undefined;
  let tokens: StoredOAuthTokens | undefined;
  let discovered: OAuthDiscoveryState | undefined;
  let verifier = '';
  const opened: URL[] = [];
  return {
    opened,
    redirectUrl: REDIRECT_URI,
    clientMetadata: {
      client_name: 'Application of a test',
      redirect_uris: [REDIRECT_URI],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      ...metadata,
    },
    state: () => 'state-of-the-application',
    clientInformation: () => client,
    saveClientInformation: (information) => void (client = information),
    tokens: () => tokens,
    saveTokens: (saved) => void (tokens = saved),
    redirectToAuthorization: (url) => void opened.push(url),
    saveDiscoveryState: (state) => void (discovered = state),
    discoveryState: () => discovered,
    saveCodeVerifier: (saved) => void (verifier = saved),
    codeVerifier: () => verifier,
  };
}
