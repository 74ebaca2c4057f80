import { parseArgs } from 'node:util';
import { SCOPES } from '../lambdas/contract.ts';
import { tenantIdSchema } from '../lambdas/hub/principal.ts';
import { DEFAULT_SCOPES } from './issuer/issued-scopes.ts';
import { mintToken, type TokenRequest } from './issuer/mint-token.ts';
import { publicUrl, readSettings } from './settings.ts';
import { loadSigningKey } from './signing-key.ts';

const HELP = `Prints an access token of the local issuer, for the hub that \`npm start\` runs with the same PORT and NEXUS_DATA.

  npm run -s token -- --tenant NAME [options]

  --tenant NAME     the tenant that the token belongs to (required)
  --scope "A B"     ${SCOPES.join(', ')}
                    (default: all of them except admin, which is for who runs the hub)
  --expires TIME    90s, 15m, 1h, 7d, at most 365d (default: 1h)
  --subject NAME    who calls (default: local-user)
  --help            this text

  PORT              port of the hub (default: 8787); it is part of the token's issuer and audience
  NEXUS_DATA        data directory of the hub (default: .nexus), which holds the signing key

The hub need not be running.`;

const OPTIONS = {
  tenant: { type: 'string' },
  scope: { type: 'string' },
  expires: { type: 'string' },
  subject: { type: 'string' },
  help: { type: 'boolean' },
} as const;

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
const MAX_LIFETIME_SECONDS = 365 * 86_400;

try {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) {
    console.log(HELP);
  } else {
    const { port, dataDirectory } = readSettings(process.env);
    const request = readRequest(values);
    const signingKey = await loadSigningKey(dataDirectory);
    console.log(await mintToken({ publicUrl: publicUrl(port), signingKey }, request));
  }
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  process.exitCode = 2;
}

function readRequest(values: { tenant?: string; scope?: string; expires?: string; subject?: string }): TokenRequest {
  const { tenant = '', scope, expires = '1h', subject } = values;
  if (tenant === '') throw new Error('--tenant is missing');
  if (!tenantIdSchema.safeParse(tenant).success) throw new Error(`--tenant ${tenant} is not a valid tenant name`);
  checkLifetime(expires);
  const scopes = scope === undefined ? DEFAULT_SCOPES : scope.split(' ').filter(Boolean);
  const known: readonly string[] = SCOPES;
  const unknown = scopes.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`--scope ${unknown.join(' ')} is not a scope of the hub`);
  return { tenant, scopes, expires, ...(subject === undefined ? {} : { subject }) };
}

function checkLifetime(expires: string): void {
  const [, count, unit = ''] = /^([1-9]\d*)([smhd])$/.exec(expires) ?? [];
  if (count === undefined) throw new Error(`--expires ${expires} is not a time like 15m`);
  if (Number(count) * (SECONDS[unit] ?? Number.NaN) <= MAX_LIFETIME_SECONDS) return;
  throw new Error(`--expires ${expires} is longer than a token may live: 365d at most`);
}
