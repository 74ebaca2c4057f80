import { randomBytes } from 'node:crypto';
import { type Adapter, type ClientMetadata, type Configuration, errors, Provider } from 'oidc-provider';
import { SCOPES } from '../../lambdas/contract.ts';
import { SIGNING_ALGORITHM, type SigningKey } from '../signing-key.ts';
import { issuerUrl } from './address.ts';
import { errorPage } from './error-page.ts';
import { isHubResource } from './hub-resource.ts';
import { DEFAULT_SCOPES, OPENID_SCOPES } from './issued-scopes.ts';
import { pageHeaders, renderPage } from './page.ts';
import { personOf } from './person.ts';

export interface ProviderOptions {
  readonly publicUrl: string;
  readonly signingKey: SigningKey;
  readonly adapter: (model: string) => Adapter;
}

const HOUR = 3600;
const DAY = 24 * HOUR;

const GRANT_TYPES: readonly string[] = ['authorization_code', 'refresh_token'];

/**
 * An OAuth 2.1 authorization server and OpenID provider for the hub: authorization code with PKCE, refresh tokens, and
 * clients that nobody registered by hand (RFC 7591, client id metadata documents). Who signs in is asked elsewhere.
 */
export function createProvider(options: ProviderOptions): Provider {
  const provider = new Provider(issuerUrl(options.publicUrl), configuration(options));
  provider.on('server_error', (_context, error) => process.emitWarning(error));
  provider.use(async (context, next) => {
    if (context.path === '/auth' && !context.query['scope']) {
      context.query = { ...context.query, scope: DEFAULT_SCOPES.join(' ') };
    }
    await next();
    // The hub's scopes belong to its resource, and the provider tells of its own only.
    if (context.path.startsWith('/.well-known/') && context.status === 200) {
      Object.assign(context.body, { scopes_supported: [...OPENID_SCOPES, ...DEFAULT_SCOPES] });
    }
  });
  return provider;
}

function configuration({ publicUrl, signingKey, adapter }: ProviderOptions): Configuration {
  return {
    adapter,
    jwks: { keys: [signingKey.privateJwk] },
    routes: { jwks: '/jwks.json', registration: '/register' },
    cookies: cookies(publicUrl),
    scopes: OPENID_SCOPES,
    responseTypes: ['code'],
    pkce: { required: () => true },
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post'],
    // Loopback redirects of any port (RFC 8252 section 7.3) are for native clients only, and many do not say what they are.
    clientDefaults: { application_type: 'native' },
    extraClientMetadata: { properties: ['scope'], validator: (_context, _key, _value, metadata) => adapt(metadata) },
    clientBasedCORS: () => true,
    ttl: {
      AccessToken: HOUR,
      AuthorizationCode: 60,
      IdToken: HOUR,
      Interaction: HOUR,
      Session: 14 * DAY,
      Grant: 90 * DAY,
      RefreshToken: 30 * DAY,
    },
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    // Sessions end with the hub, and grants do not.
    expiresWithSession: () => false,
    findAccount: (_context, accountId) => personOf(accountId) && { accountId, claims: () => ({ sub: accountId }) },
    extraTokenClaims: (_context, token) => ({
      tenant: 'accountId' in token ? personOf(String(token.accountId))?.tenant : undefined,
    }),
    interactions: { url: (_context, { uid }) => `${new URL(issuerUrl(publicUrl)).pathname}/interaction/${uid}` },
    renderError(context, { error, error_description: description }) {
      const page = errorPage(description ?? error);
      context.set(pageHeaders(page));
      context.body = renderPage(page);
    },
    features: features(publicUrl),
  };
}

function cookies(publicUrl: string): Configuration['cookies'] {
  const options = { httpOnly: true, sameSite: 'lax', signed: true } as const;
  // Browsers share cookies between the ports of a host, and so would two hubs.
  const named = (name: string) => `nexus_${new URL(publicUrl).port}_${name}`;
  return {
    // Sessions end with the hub, so their keys may.
    keys: [randomBytes(32).toString('base64url')],
    names: { session: named('session'), interaction: named('interaction'), resume: named('resume') },
    long: options,
    short: options,
  };
}

function features(publicUrl: string): Configuration['features'] {
  return {
    devInteractions: { enabled: false },
    userinfo: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    // The hub takes bearer tokens only.
    dPoP: { enabled: false },
    revocation: { enabled: true, allowedPolicy: (_context, client, token) => token.clientId === client.clientId },
    registration: { enabled: true, initialAccessToken: false, issueRegistrationAccessToken: false },
    // Documents are fetched by https and never from special-use addresses; the provider checks the connected socket.
    clientIdMetadataDocument: { enabled: true, ack: 'draft-02' },
    resourceIndicators: resourceIndicators(publicUrl),
  };
}

/** RFC 8707: whatever of the hub a client names, the token is for the hub. */
function resourceIndicators(publicUrl: string): NonNullable<Configuration['features']>['resourceIndicators'] {
  return {
    enabled: true,
    defaultResource: (_context, _client, oneOf) => oneOf ?? publicUrl,
    useGrantedResource: () => true,
    getResourceServerInfo(_context, resource) {
      if (!isHubResource(publicUrl, resource)) {
        throw new errors.InvalidTarget(`resource is not of this hub: use ${publicUrl} or a URL below it`);
      }
      return {
        audience: publicUrl,
        scope: SCOPES.join(' '),
        accessTokenFormat: 'jwt',
        accessTokenTTL: HOUR,
        jwt: { sign: { alg: SIGNING_ALGORITHM } },
      };
    },
  };
}

/**
 * Takes what a client registers as RFC 7591 section 2 lets a server do: what it does not offer is left out. Scopes are
 * not bound to the registration, so that a client can ask for more later.
 */
function adapt(metadata: ClientMetadata): void {
  delete metadata.scope;
  if (metadata.grant_types !== undefined) {
    metadata.grant_types = metadata.grant_types.filter((type) => GRANT_TYPES.includes(type));
  }
}
