import { presentableText } from '../lambdas/adapters/upstreams/presentable-text.ts';
import { secretValues } from '../lambdas/adapters/upstreams/request-scope.ts';
import { checkService } from './check-service.ts';
import { describeCheck } from './describe-check.ts';
import type { LiveDeps, LiveService } from './live-service.ts';
import { liveTarget } from './live-target.ts';

export interface RunInput extends LiveDeps {
  /** The names on the command line. */
  readonly names: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly services: Readonly<Record<string, LiveService>>;
  readonly print: (line: string) => void;
}

export const HOLDS = 0;
export const FAILED = 1;
/** Nothing was asked. */
export const NOT_BEGUN = 2;

/** Checks one service and says what came of it; the answer is the exit code. The credential is never printed. */
export async function runLive({ names, env, services, print, ...deps }: RunInput): Promise<number> {
  const [name = '', ...more] = names;
  const service = Object.hasOwn(services, name) ? services[name] : undefined;
  if (service === undefined || more.length > 0) {
    print(`name one service: ${Object.keys(services).join(', ')}`);
    return NOT_BEGUN;
  }
  const { server, variable } = service;
  const credential = env[variable]?.trim() ?? '';
  if (credential === '') {
    print(`${variable} is not set: ${server.credentialHelp}`);
    return NOT_BEGUN;
  }
  const target = liveTarget(server, credential, deps.egress);
  const present = (text: string) => presentableText(text, secretValues(target));
  print(`${server.name}${server.url === undefined ? '' : ` at ${server.url}`}`);
  let failed = 0;
  for await (const check of checkService({ service, upstream: service.connect(deps), target, now: deps.now })) {
    for (const line of describeCheck(check, present)) print(line);
    failed += check.facts.filter(({ holds }) => !holds).length;
  }
  print(failed === 0 ? 'everything holds' : `${failed} ${failed === 1 ? 'fact does' : 'facts do'} not hold`);
  return failed === 0 ? HOLDS : FAILED;
}
