import { createBrowserUpstream } from '../lambdas/adapters/upstreams/browser/browser-upstream.ts';
import { createGithubUpstream } from '../lambdas/adapters/upstreams/github/github-upstream.ts';
import { createLegacySessions } from '../lambdas/adapters/upstreams/mcp/legacy-sessions.ts';
import { createMcpUpstream } from '../lambdas/adapters/upstreams/mcp/mcp-upstream.ts';
import { createNegotiatedEras } from '../lambdas/adapters/upstreams/mcp/negotiated-eras.ts';
import { createRestUpstream } from '../lambdas/adapters/upstreams/rest/rest-upstream.ts';
import { BRAVE } from '../lambdas/hub/system/brave.ts';
import { GITHUB } from '../lambdas/hub/system/github.ts';
import { MAPS } from '../lambdas/hub/system/maps.ts';
import { PLAYWRIGHT } from '../lambdas/hub/system/playwright.ts';
import { BRAVE_CALLS } from './calls/brave.ts';
import { GITHUB_CALLS } from './calls/github.ts';
import { MAPS_CALLS } from './calls/maps.ts';
import { PLAYWRIGHT_CALLS } from './calls/playwright.ts';
import type { LiveDeps, LiveService } from './live-service.ts';

/** The services that can be checked, by the name that is given on the command line. */
export const SERVICES: Readonly<Record<string, LiveService>> = {
  brave: { server: BRAVE, variable: 'BRAVE_API_KEY', connect: connectRest, calls: BRAVE_CALLS },
  github: { server: GITHUB, variable: 'GITHUB_TOKEN', connect: createGithubUpstream, calls: GITHUB_CALLS },
  maps: { server: MAPS, variable: 'GOOGLE_MAPS_API_KEY', connect: connectMcp, calls: MAPS_CALLS },
  playwright: {
    server: PLAYWRIGHT,
    variable: 'PLAYWRIGHT_ENDPOINT',
    connect: createBrowserUpstream,
    calls: PLAYWRIGHT_CALLS,
  },
};

function connectMcp(deps: LiveDeps) {
  return createMcpUpstream({ ...deps, sessions: createLegacySessions(deps), eras: createNegotiatedEras() });
}

function connectRest(deps: LiveDeps) {
  return createRestUpstream({ ...deps, servers: [BRAVE] });
}
