import { z } from 'zod';
import type { FunctionName } from '../lambdas/contract.ts';
import { whyUnreachable } from './issuer-address.ts';

const httpsUrl = z.url({ protocol: /^https$/, error: 'must be an https URL' });
const memory = (standard: number) => z.int().min(128).max(10_240).default(standard);

const throttle = z.strictObject({
  /** Requests per second, sustained, over all tenants. Default 50. */
  rate: z.int().positive().default(50),
  /** Requests above the rate that are let through at once. Default 100. */
  burst: z.int().positive().default(100),
});

const oidcIssuer = z.strictObject({
  kind: z.literal('oidc'),
  /** Issuer URL, exactly as in the tokens' `iss`. */
  issuer: httpsUrl,
  /** Accepted `aud` values. At least one of `audiences` and `clientIds` is needed. */
  audiences: z.array(z.string().min(1)).default([]),
  /** Accepted `client_id` values, for issuers whose access tokens carry no `aud`. */
  clientIds: z.array(z.string().min(1)).default([]),
  /** Accepted JWS algorithms. Default RS256. */
  algorithms: z
    .array(z.enum(['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA']))
    .min(1)
    .default(['RS256']),
  /** Key set; default: read from the issuer's discovery document. */
  jwksUri: httpsUrl.optional(),
  /** Claim that names the caller's tenant. Default `tenant`. */
  tenantClaim: z.string().min(1).default('tenant'),
  /** What the issuer puts before the hub's scopes, for example `nexus-hub/`. Default nothing. */
  scopePrefix: z.string().default(''),
});

const cognito = z.strictObject({
  kind: z.literal('cognito'),
  /** Where the sign-in page may return to. Default: a command line tool that listens on this machine. */
  callbackUrls: z.array(z.url()).min(1).default(['http://localhost:8976/callback']),
});

/** The issuer of the local runtime, at `<PublicUrl>/oidc`; `PublicUrl` is a parameter of the local stage's template. */
const localIssuer = z.strictObject({ kind: z.literal('local') });

const schema = z
  .strictObject({
    /** Part of the stack's name and of every encryption context. */
    name: z.string().regex(/^[a-z][a-z0-9-]{0,15}$/, 'stage names have up to 16 lowercase letters, digits and hyphens'),
    /** Origin of a custom domain in front of the API (mapped without a base path), if there is one. */
    publicUrl: httpsUrl
      .refine(isOrigin, 'must be an origin such as https://hub.example.com, without a path')
      .optional(),
    /** Whose tokens are accepted. Default: a Cognito user pool of the stack's own. */
    identity: z.discriminatedUnion('kind', [cognito, oidcIssuer, localIssuer]).prefault({ kind: 'cognito' }),
    api: z
      .strictObject({
        throttle: throttle.prefault({}),
        /** Seconds for which API Gateway reuses an answer of the authorizer, thus the delay of a revocation. Default 60. */
        authorizerTtlSeconds: z.int().min(0).max(300).default(60),
        /**
         * The one origin whose pages may call the API, or `*`. Default none. One, because API Gateway's own answers
         * carry a literal header and cannot choose.
         */
        corsOrigin: z.string().optional(),
        /**
         * Whether the stack sets the account-wide role with which API Gateway writes logs, once per account and Region.
         * Default true; false where the account has one.
         */
        manageAccountLogRole: z.boolean().default(true),
      })
      .prefault({}),
    /** Megabytes per function; CPU grows with it. */
    memory: z
      .strictObject({
        authorizer: memory(512),
        open: memory(128),
        browse: memory(512),
        manage: memory(512),
        invoke: memory(512),
        mcp: memory(1024),
        actions: memory(512),
        jobs: memory(512),
        worker: memory(512),
        browser: memory(1024),
        sweeper: memory(512),
        refreshStarter: memory(256),
        refresher: memory(512),
        cleanupStarter: memory(256),
        cleaner: memory(512),
        tenantClaim: memory(128),
      } satisfies Record<FunctionName, unknown>)
      .prefault({}),
    jobs: z
      .strictObject({
        /** Days for which a job and its result are kept after its end. Default 7. */
        retentionDays: z.int().min(1).max(365).default(7),
        /** Jobs that are worked on at the same time, over all tenants. Default 10. */
        workers: z.int().min(2).max(1000).default(10),
        /** Browsers that are driven at the same time, over all tenants. Default 2. */
        browsers: z.int().min(2).max(1000).default(2),
      })
      .prefault({}),
    catalog: z
      .strictObject({
        /**
         * Hours after which a server is asked again what it offers; up to a fifth less, so that not all are asked at
         * once. Default 24. Catalogs expire after 30 days, and a server that does not answer is asked again within this
         * time at the latest.
         */
        refreshHours: z.int().min(1).max(168).default(24),
        /** Servers that are asked at the same time, over all tenants. Default 5. */
        refreshers: z.int().min(2).max(1000).default(5),
      })
      .prefault({}),
    limits: z
      .strictObject({
        /** Calls per minute of each tenant over all its servers, as a burst or spread. Default 600. */
        tenantCallsPerMinute: z.int().min(1).max(1_000_000).default(600),
        /** Jobs per minute that each tenant may submit, as a burst or spread. Default 600. */
        tenantJobsPerMinute: z.int().min(1).max(1_000_000).default(600),
      })
      .prefault({}),
    /** Days. Default 30; a value that CloudWatch Logs knows. */
    logRetentionDays: z.literal([1, 3, 5, 7, 14, 30, 60, 90, 120, 180, 365, 731]).default(30),
    data: z
      .strictObject({
        /** Keep tables, keys, user pool and logs when the stack is deleted, and protect them and the stack. Default true. */
        retain: z.boolean().default(true),
      })
      .prefault({}),
    playwright: z
      .strictObject({
        /** Let callers of the browser tools run scripts of their own in pages. Default false. */
        allowEvaluate: z.boolean().default(false),
      })
      .prefault({}),
    egress: z
      .strictObject({
        /** Let upstreams be plain http and on this machine. Only the local stage may. */
        allowLoopback: z.boolean().default(false),
        /** TCP ports on which upstreams may listen. Default 443. */
        ports: z.array(z.int().min(1).max(65_535)).min(1).default([443]),
      })
      .prefault({}),
  })
  .superRefine((config, context) => {
    for (const [path, message] of contradictions(config)) context.addIssue({ code: 'custom', path, message });
  });

export type StageConfig = z.output<typeof schema>;
export type StageInput = z.input<typeof schema>;

/** Fills the defaults in; throws with the name of every knob that is wrong or contradicts another. */
export function parseStageConfig(input: unknown): StageConfig {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new Error(`the stage configuration is invalid\n${z.prettifyError(result.error)}`);
}

type ParsedStage = Pick<StageConfig, 'name' | 'identity' | 'egress' | 'data' | 'api'>;

function* contradictions({ name, identity, egress, data, api }: ParsedStage): Generator<[string[], string]> {
  const local = name === 'local';
  if (egress.allowLoopback && !local) yield [['egress', 'allowLoopback'], 'only the local stage may reach loopback'];
  if ((identity.kind === 'local') !== local)
    yield [['identity', 'kind'], 'the local stage, and no other, uses `local`'];
  if (identity.kind === 'oidc' && identity.audiences.length + identity.clientIds.length === 0) {
    yield [['identity', 'audiences'], 'set audiences or clientIds, or tokens for anyone would be accepted'];
  }
  if (identity.kind === 'oidc') yield* unreachableIssuer(identity, egress.ports);
  if (name === 'prod' && !data.retain) yield [['data', 'retain'], 'prod keeps its data'];
  if (api.throttle.burst < api.throttle.rate) yield [['api', 'throttle', 'burst'], 'must be at least the rate'];
  if (api.corsOrigin === '*' && !local) yield [['api', 'corsOrigin'], 'only the local stage may allow every origin'];
  if (api.corsOrigin !== undefined && api.corsOrigin !== '*' && !isOrigin(api.corsOrigin)) {
    yield [['api', 'corsOrigin'], 'must be an origin such as https://console.example.com, without a path'];
  }
}

function* unreachableIssuer(identity: z.output<typeof oidcIssuer>, ports: number[]): Generator<[string[], string]> {
  for (const knob of ['issuer', 'jwksUri'] as const) {
    const reason = identity[knob] === undefined ? undefined : whyUnreachable(identity[knob], ports);
    if (reason !== undefined) yield [['identity', knob], reason];
  }
}

function isOrigin(value: string): boolean {
  return URL.canParse(value) && new URL(value).origin === value;
}
