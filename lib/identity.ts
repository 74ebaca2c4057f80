import { Aws, Fn, RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  AccountRecovery,
  CfnUserPool,
  ClientAttributes,
  FeaturePlan,
  LambdaVersion,
  Mfa,
  OAuthScope,
  ResourceServerScope,
  StringAttribute,
  UserPool,
  type UserPoolClient,
  UserPoolClientIdentityProvider,
  type UserPoolClientOptions,
  type UserPoolDomain,
  UserPoolOperation,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { SCOPES } from '../lambdas/contract.ts';
import type { HubFunction } from './hub-function.ts';
import type { StageConfig } from './stage-config.ts';

const RESOURCE_SERVER = 'nexus-hub';

export interface IdentityProps {
  readonly config: StageConfig;
  /** Where the sign-in page may return to. */
  readonly callbackUrls: string[];
  /** Cognito's pre-token-generation trigger. */
  readonly tenantClaim: HubFunction;
}

/** A user pool for a hub whose operators have no identity provider yet. People and machines get their tokens from it. */
export class Identity extends Construct {
  readonly issuer: string;
  readonly scopePrefix = `${RESOURCE_SERVER}/`;
  readonly pool: UserPool;
  readonly domain: UserPoolDomain;
  readonly peopleClient: UserPoolClient;
  readonly machineClient: UserPoolClient;
  /** Of who runs the hub: its tokens have the scope `admin` and no other. */
  readonly adminClient: UserPoolClient;

  constructor(scope: Construct, id: string, { config, callbackUrls, tenantClaim }: IdentityProps) {
    super(scope, id);
    this.pool = createPool(this, config);
    this.pool.addTrigger(UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG, tenantClaim, LambdaVersion.V3_0);
    this.issuer = useUpdatedIssuer(this.pool);
    // Prefixes are unique in a Region among all accounts; the stack's id makes one without asking for a name.
    this.domain = this.pool.addDomain('SignIn', {
      cognitoDomain: { domainPrefix: `nexus-hub-${Fn.select(2, Fn.split('/', Aws.STACK_ID))}` },
    });

    const scopes = SCOPES.map((name) => new ResourceServerScope({ scopeName: name, scopeDescription: name }));
    const server = this.pool.addResourceServer('Hub', { identifier: RESOURCE_SERVER, scopes });
    // A client's scopes are open to everyone who signs in with it, so `admin` is for a client of its own, with a secret.
    const granted = scopes
      .filter(({ scopeName }) => scopeName !== 'admin')
      .map((each) => OAuthScope.resourceServer(server, each));
    this.peopleClient = this.pool.addClient('People', {
      ...CLIENT_DEFAULTS,
      // A public client: PKCE protects the code, for a secret on a desktop is none.
      generateSecret: false,
      oAuth: { flows: { authorizationCodeGrant: true }, scopes: [OAuthScope.OPENID, ...granted], callbackUrls },
    });
    this.machineClient = this.pool.addClient('Machine', {
      ...CLIENT_DEFAULTS,
      generateSecret: true,
      oAuth: { flows: { clientCredentials: true }, scopes: granted },
    });
    const admin = scopes.filter(({ scopeName }) => scopeName === 'admin');
    this.adminClient = this.pool.addClient('Admin', {
      ...CLIENT_DEFAULTS,
      generateSecret: true,
      oAuth: {
        flows: { clientCredentials: true },
        scopes: admin.map((each) => OAuthScope.resourceServer(server, each)),
      },
    });
  }
}

const CLIENT_DEFAULTS = {
  // Only OAuth. With no flow named at all, Cognito allows sign-in through its own API.
  authFlows: { userSrp: false },
  supportedIdentityProviders: [UserPoolClientIdentityProvider.COGNITO],
  preventUserExistenceErrors: true,
  enableTokenRevocation: true,
  // Whoever may write `custom:tenant` chooses the tenant. An empty list means every attribute, so one harmless is named.
  writeAttributes: new ClientAttributes().withStandardAttributes({ locale: true }),
} satisfies UserPoolClientOptions;

function createPool(scope: Construct, { data }: StageConfig): UserPool {
  const pool = new UserPool(scope, 'Users', {
    featurePlan: FeaturePlan.ESSENTIALS,
    selfSignUpEnabled: false,
    signInAliases: { email: true },
    customAttributes: { tenant: new StringAttribute({ minLen: 1, maxLen: 128, mutable: true }) },
    passwordPolicy: {
      minLength: 14,
      requireLowercase: true,
      requireUppercase: true,
      requireDigits: true,
      requireSymbols: true,
    },
    mfa: Mfa.REQUIRED,
    mfaSecondFactor: { otp: true, sms: false },
    accountRecovery: AccountRecovery.EMAIL_ONLY,
    deletionProtection: data.retain,
    removalPolicy: data.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  Validations.of(pool).acknowledge({
    id: 'AwsSolutions-COG8',
    reason: 'Threat protection is billed per user and left to those who want it; MFA is required of everyone.',
  });
  return pool;
}

/** The issuer that can be replicated to another Region. A pool that starts with the other kind changes every token's `iss`. */
function useUpdatedIssuer(pool: UserPool): string {
  const { defaultChild } = pool.node;
  if (!(defaultChild instanceof CfnUserPool)) throw new Error('a user pool has a CfnUserPool');
  defaultChild.issuerConfiguration = { type: 'UPDATED' };
  return `https://issuer-cognito-idp.${Aws.REGION}.${Aws.URL_SUFFIX}/${pool.userPoolId}`;
}
