import * as z from 'zod/mini';
import { ENV } from '../contract.ts';

const required = z.string().check(z.minLength(1));
const list = z.pipe(
  z._default(z.string(), ''),
  z.transform((value: string) =>
    value
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  ),
);
const flag = z.pipe(
  z._default(z.enum(['true', 'false', '']), 'false'),
  z.transform((value) => value === 'true'),
);

const parts = {
  stage: required,
  registryTable: required,
  catalogTable: required,
  limitsTable: required,
  jobsTable: required,
  jobsQueue: required,
  browserQueue: required,
  resultsBucket: required,
  jobRetentionDays: z.coerce.number().check(z.int(), z.minimum(1)),
  catalogRefreshHours: z.coerce.number().check(z.int(), z.minimum(1)),
  refreshQueue: required,
  cleanupQueue: required,
  tenantCallsPerMinute: z.coerce.number().check(z.int(), z.minimum(1)),
  tenantJobsPerMinute: z.coerce.number().check(z.int(), z.minimum(1)),
  vaultKey: required,
  oidcIssuer: required,
  oidcJwksUri: z._default(z.string(), ''),
  oidcAudiences: list,
  oidcClientIds: list,
  oidcAlgorithms: list,
  oidcTenantClaim: required,
  scopePrefix: z._default(z.string(), ''),
  egressAllowLoopback: flag,
  browserEvaluates: flag,
  egressPorts: list,
  hubOrigins: list,
  corsOrigin: z._default(z.string(), ''),
  hubId: required,
  awsRegion: required,
} as const satisfies Record<keyof typeof ENV, z.core.$ZodType>;

/**
 * The named settings of this function, parsed. The only place that reads the process environment; a missing or malformed
 * variable stops the function at its start, with the variable's name.
 */
export function readEnv<K extends keyof typeof parts>(
  ...names: readonly K[]
): { [N in K]: z.output<(typeof parts)[N]> } {
  const entries = names.map((name) => [name, readVariable(name)] as const);
  return Object.fromEntries(entries) as { [N in K]: z.output<(typeof parts)[N]> };
}

function readVariable<K extends keyof typeof parts>(name: K): z.output<(typeof parts)[K]> {
  const parsed = z.safeParse(parts[name], process.env[ENV[name]]);
  if (!parsed.success) throw new Error(`the environment variable ${ENV[name]} is missing or malformed`);
  return parsed.data as z.output<(typeof parts)[K]>;
}
