import { GITHUB_TOOLS } from './github/tools.ts';
import type { SystemServer } from './system-server.ts';

/** GitHub, or a GitHub Enterprise Server, whose API is at `https://<host>/api/v3`. */
export const GITHUB: SystemServer = {
  slug: 'github',
  name: 'GitHub',
  instructions:
    'Repositories, files, search, issues, pull requests, commits, branches, releases, Actions and notifications of ' +
    'GitHub. Lists have pages: where has_more is true, ask again with page set to next_page. Results name files by ' +
    'path and sha; write_file and delete_file need the sha of the version that they replace, from get_file. Issues ' +
    'and pull requests share their numbers; labels, assignees and conversation of both are those of the issue.',
  adapter: 'github',
  url: 'https://api.github.com',
  movable: true,
  credential: { type: 'bearer' },
  credentialHelp:
    'A fine-grained personal access token from https://github.com/settings/personal-access-tokens, with the ' +
    'permissions of the tools that are to be used; notifications need a classic token.',
  tenantCredential: true,
  rateLimitPerMinute: 60,
  tools: GITHUB_TOOLS,
};
