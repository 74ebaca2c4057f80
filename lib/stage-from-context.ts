import { parseStageConfig, type StageConfig, type StageInput } from './stage-config.ts';
import { dev } from './stages/dev.ts';
import { local } from './stages/local.ts';
import { prod } from './stages/prod.ts';

const STAGES: Readonly<Record<string, StageInput>> = { local, dev, prod };

/** The stage that `-c stage=` names (default dev), with what further context keys override. */
export function stageFromContext(context: (key: string) => unknown): StageConfig {
  const text = (key: string) => textOf(key, context(key));
  const name = text('stage') ?? 'dev';
  const stage = STAGES[name];
  if (stage === undefined) throw new Error(`unknown stage ${name}: use one of ${Object.keys(STAGES).join(', ')}`);

  const publicUrl = text('publicUrl');
  const corsOrigin = text('corsOrigin');
  return parseStageConfig({
    ...stage,
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(corsOrigin === undefined ? {} : { api: { ...stage.api, corsOrigin } }),
    ...identityFrom(text),
  });
}

function identityFrom(text: (key: string) => string | undefined) {
  const issuer = text('oidcIssuer');
  const knobs = {
    audiences: list(text('oidcAudience')),
    clientIds: list(text('oidcClientId')),
    jwksUri: text('oidcJwksUri'),
    tenantClaim: text('oidcTenantClaim'),
    scopePrefix: text('oidcScopePrefix'),
  };
  const given = Object.entries(knobs).filter(([, value]) => value !== undefined);
  if (issuer !== undefined) return { identity: { kind: 'oidc', issuer, ...Object.fromEntries(given) } };
  if (given.length > 0) throw new Error(`${given.map(([knob]) => knob).join(', ')} set without oidcIssuer`);
  return {};
}

function list(value: string | undefined): string[] | undefined {
  return value?.split(',').map((entry) => entry.trim());
}

function textOf(key: string, value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw new Error(`context key ${key} must be a string`);
}
