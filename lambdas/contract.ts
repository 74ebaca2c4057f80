/**
 * Names shared by the infrastructure (`lib/`), the handlers (`lambdas/`) and the tests. It imports nothing, so that
 * synth never loads run-time code and run-time code never loads the CDK.
 */

/** OAuth scopes of the hub, without the deployment's prefix. A route needs exactly one of them; none implies another. */
export const SCOPES = ['tools:read', 'tools:call', 'servers:read', 'servers:write', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** What an MCP client needs for all that it does; clients are told to ask for these. */
export const CLIENT_SCOPES = ['tools:read', 'tools:call'] as const satisfies readonly Scope[];

/** One Lambda function per set of permissions and time limit. */
export type FunctionName =
  | 'authorizer'
  | 'open'
  | 'browse'
  | 'manage'
  | 'invoke'
  | 'mcp'
  | 'actions'
  | 'jobs'
  | 'worker'
  | 'browser'
  | 'sweeper'
  | 'refreshStarter'
  | 'refresher'
  | 'cleanupStarter'
  | 'cleaner'
  | 'tenantClaim';

/** Those that queues and schedules invoke. */
type UnaskedFunction = 'worker' | 'browser' | 'sweeper' | 'refreshStarter' | 'refresher' | 'cleanupStarter' | 'cleaner';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** API Gateway resource path, as it arrives in the event's `resource`. */
  readonly path: string;
  readonly handledBy: Exclude<FunctionName, UnaskedFunction | 'authorizer' | 'tenantClaim'>;
  /**
   * `open` routes have no authorizer and never see a principal. `any` takes each token that has at least one of the hub's
   * scopes; what is behind it checks the scope of what is asked.
   */
  readonly scope: Scope | 'any' | 'open';
}

/** Where RFC 9728 metadata is: in front of the path of the resource that it describes. */
export const METADATA_PATH = '/.well-known/oauth-protected-resource';

/** The one route table: API Gateway's resources, the authorizer's policy, the handlers' checks and the tests come from it. */
export const ROUTES = [
  { method: 'GET', path: '/v1/health', handledBy: 'open', scope: 'open' },
  { method: 'GET', path: METADATA_PATH, handledBy: 'open', scope: 'open' },
  { method: 'GET', path: `${METADATA_PATH}/mcp`, handledBy: 'open', scope: 'open' },
  { method: 'GET', path: `${METADATA_PATH}/servers/{slug}/mcp`, handledBy: 'open', scope: 'open' },
  { method: 'POST', path: '/mcp', handledBy: 'mcp', scope: 'tools:read' },
  { method: 'POST', path: '/servers/{slug}/mcp', handledBy: 'mcp', scope: 'tools:read' },
  { method: 'GET', path: '/v1/tools', handledBy: 'browse', scope: 'tools:read' },
  { method: 'POST', path: '/v1/tools/{name}/invoke', handledBy: 'invoke', scope: 'tools:call' },
  { method: 'GET', path: '/v1/resources', handledBy: 'browse', scope: 'tools:read' },
  { method: 'GET', path: '/v1/resource-templates', handledBy: 'browse', scope: 'tools:read' },
  { method: 'POST', path: '/v1/resources/read', handledBy: 'invoke', scope: 'tools:call' },
  { method: 'GET', path: '/v1/prompts', handledBy: 'browse', scope: 'tools:read' },
  { method: 'POST', path: '/v1/prompts/{name}/get', handledBy: 'invoke', scope: 'tools:call' },
  { method: 'GET', path: '/v1/permissions', handledBy: 'browse', scope: 'tools:read' },
  { method: 'PUT', path: '/v1/permissions', handledBy: 'manage', scope: 'servers:write' },
  { method: 'GET', path: '/v1/servers', handledBy: 'browse', scope: 'servers:read' },
  { method: 'POST', path: '/v1/servers', handledBy: 'manage', scope: 'servers:write' },
  { method: 'GET', path: '/v1/servers/{slug}', handledBy: 'browse', scope: 'servers:read' },
  { method: 'PATCH', path: '/v1/servers/{slug}', handledBy: 'manage', scope: 'servers:write' },
  { method: 'DELETE', path: '/v1/servers/{slug}', handledBy: 'manage', scope: 'servers:write' },
  { method: 'POST', path: '/v1/servers/{slug}/sync', handledBy: 'manage', scope: 'servers:write' },
  { method: 'POST', path: '/v1/servers/{slug}/approve', handledBy: 'manage', scope: 'servers:write' },
  { method: 'PUT', path: '/v1/servers/{slug}/credential', handledBy: 'manage', scope: 'servers:write' },
  { method: 'DELETE', path: '/v1/servers/{slug}/credential', handledBy: 'manage', scope: 'servers:write' },
  { method: 'GET', path: '/v1/admin/servers', handledBy: 'browse', scope: 'admin' },
  { method: 'PUT', path: '/v1/admin/servers/{slug}', handledBy: 'manage', scope: 'admin' },
  { method: 'GET', path: '/v1/jobs', handledBy: 'jobs', scope: 'tools:call' },
  { method: 'GET', path: '/v1/jobs/{id}', handledBy: 'jobs', scope: 'tools:call' },
  { method: 'DELETE', path: '/v1/jobs/{id}', handledBy: 'jobs', scope: 'tools:call' },
  { method: 'POST', path: '/functions/v1/nexus-hub', handledBy: 'actions', scope: 'any' },
] as const satisfies readonly Route[];

type RouteTable = (typeof ROUTES)[number];
export type RouteKey = RouteTable extends infer R ? (R extends Route ? `${R['method']} ${R['path']}` : never) : never;

/** Environment variables of the functions. Nothing secret is ever in one. */
export const ENV = {
  /** Deployment stage, part of every encryption context. */
  stage: 'STAGE',
  registryTable: 'REGISTRY_TABLE_NAME',
  catalogTable: 'CATALOG_TABLE_NAME',
  limitsTable: 'LIMITS_TABLE_NAME',
  jobsTable: 'JOBS_TABLE_NAME',
  jobsQueue: 'JOBS_QUEUE_URL',
  /** Of jobs that take a browser. */
  browserQueue: 'BROWSER_QUEUE_URL',
  resultsBucket: 'RESULTS_BUCKET_NAME',
  /** Days for which a job is kept after its end. */
  jobRetentionDays: 'JOB_RETENTION_DAYS',
  /** Hours after which a server is asked again what it offers. */
  catalogRefreshHours: 'CATALOG_REFRESH_HOURS',
  refreshQueue: 'REFRESH_QUEUE_URL',
  cleanupQueue: 'CLEANUP_QUEUE_URL',
  /** Calls per minute of each tenant, over all its servers. */
  tenantCallsPerMinute: 'TENANT_CALLS_PER_MINUTE',
  /** Jobs per minute that each tenant may submit. */
  tenantJobsPerMinute: 'TENANT_JOBS_PER_MINUTE',
  vaultKey: 'VAULT_KEY_ARN',
  oidcIssuer: 'OIDC_ISSUER',
  /** Optional; otherwise read from the issuer's discovery document. */
  oidcJwksUri: 'OIDC_JWKS_URI',
  /** Comma-separated accepted `aud` values; at least one of audiences and client ids is set. */
  oidcAudiences: 'OIDC_AUDIENCES',
  /** Comma-separated accepted `client_id` values, for issuers whose access tokens carry no `aud` (Cognito). */
  oidcClientIds: 'OIDC_CLIENT_IDS',
  /** Comma-separated JWS algorithms. */
  oidcAlgorithms: 'OIDC_ALGORITHMS',
  oidcTenantClaim: 'OIDC_TENANT_CLAIM',
  /** Prefix of the hub's scopes in tokens, for example `nexus-hub/`; may be empty. */
  scopePrefix: 'SCOPE_PREFIX',
  /** `true` only in the local stage: plain http and loopback upstreams are allowed. */
  egressAllowLoopback: 'EGRESS_ALLOW_LOOPBACK',
  /** `true` where callers of the browser tools may run scripts of their own in pages. */
  browserEvaluates: 'BROWSER_EVALUATES',
  /** Comma-separated TCP ports that upstreams may use. */
  egressPorts: 'EGRESS_PORTS',
  /** Comma-separated origins under which this hub is reachable, beside its execute-api host; refused as upstreams. */
  hubOrigins: 'HUB_ORIGINS',
  /** The one origin whose pages may read the answers, or `*`; absent if there is none. */
  corsOrigin: 'CORS_ORIGIN',
  /** Identifies this hub in the `Nexus-Via` header, which stops call loops. */
  hubId: 'HUB_ID',
  /** Set by Lambda itself. */
  awsRegion: 'AWS_REGION',
} as const;

/** Keys of the KMS encryption context; `lib/` conditions the vault key's grants on them, the vault always sends all. */
export const VAULT_CONTEXT = {
  app: 'nexus-hub',
  keys: ['app', 'stage', 'tenantId', 'serverId', 'purpose', 'v'],
  /** What is sealed for one purpose opens for no other. */
  purposes: ['upstream-config', 'request-state'],
} as const;
export type VaultPurpose = (typeof VAULT_CONTEXT.purposes)[number];

/** Attribute names of the tables' primary key and time to live. */
export const TABLE_KEYS = { partition: 'pk', sort: 'sk', ttl: 'expiresAt' } as const;

/**
 * Index by the time (a number) when somebody has to look: of the jobs table over the jobs that have not ended, of the
 * registry over the enabled servers.
 */
export const DUE_INDEX = { name: 'due', partition: 'dueShard', sort: 'dueAt' } as const;

/** Context that the authorizer hands to the handlers (API Gateway turns every value into a string). */
export const AUTHORIZER_CONTEXT = {
  tenantId: 'tenantId',
  subject: 'subject',
  clientId: 'clientId',
  scopes: 'scopes',
  /** Epoch seconds: API Gateway remembers the authorizer's answer for longer than a token may have left. */
  expiresAt: 'expiresAt',
} as const;

/** Time limits in seconds. API Gateway cuts a buffered integration at 29 s; functions that answer at once end before. */
export const TIME_LIMITS = {
  authorizer: 10,
  open: 5,
  browse: 15,
  manage: 28,
  invoke: 28,
  actions: 28,
  jobs: 15,
  /** Of one call that nobody waits for. */
  worker: 600,
  /** Of one flow in a browser. */
  browser: 600,
  sweeper: 50,
  refreshStarter: 50,
  /** As much as a sync by request has. */
  refresher: 28,
  cleanupStarter: 10,
  /** A cleanup that needs longer goes on by itself. */
  cleaner: 300,
  /** Streams, which API Gateway lets go on for 15 minutes. */
  mcp: 900,
  /** Cognito gives a trigger 5 s. */
  tenantClaim: 5,
} as const satisfies Record<FunctionName, number>;

/** Deliveries of one message about a job before it counts as poison; a job itself knows how often it was tried. */
export const JOB_DELIVERIES = 5;

/** Top-level names that never lead to the public internet (RFC 6761, RFC 8375, ICANN's private-use names). */
export const PRIVATE_SUFFIXES = [
  'localhost',
  'local',
  'localdomain',
  'internal',
  'lan',
  'home',
  'corp',
  'intranet',
  'test',
  'example',
  'invalid',
  'onion',
  'arpa',
] as const;

/** Headers of an answer that a page of another origin may read. */
export const EXPOSED_HEADERS = [
  'ETag',
  'Location',
  'Retry-After',
  'RateLimit',
  'RateLimit-Policy',
  'WWW-Authenticate',
  // As API Gateway calls it in a function's answer.
  'x-amzn-remapped-WWW-Authenticate',
] as const;

/** Header that names the hubs a request came through, outermost first. A hub refuses a request that it caused itself. */
export const VIA_HEADER = 'nexus-via';
