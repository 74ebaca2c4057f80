import type { ToolMetadata } from '../../catalog/tool-metadata.ts';
import { choice, flag, login, PAGES, ref, REPOSITORY, repositoryName, text } from './arguments.ts';
import { githubTool } from './github-tool.ts';
import { optional } from './input.ts';
import { one, page } from './present.ts';
import { shape } from './shape.ts';

const TOPIC: ToolMetadata = {
  category: 'code',
  tags: ['github', 'repositories'],
  priority: 70,
  estimatedDurationMs: 700,
};

export const REPOSITORY_ITEM = shape(
  'full_name description private archived fork language default_branch stars:stargazers_count ' +
    'open_issues:open_issues_count pushed_at url:html_url',
);
const REPOSITORY_DETAIL = shape(
  'full_name description visibility private archived fork parent:parent.full_name default_branch language topics ' +
    'license:license.spdx_id homepage stars:stargazers_count forks:forks_count open_issues:open_issues_count ' +
    'watchers:subscribers_count size_kb:size can_push:permissions.push can_admin:permissions.admin ' +
    'created_at updated_at pushed_at url:html_url',
);
const ACCOUNT = shape('login name type company email bio public_repos created_at url:html_url');

const SORTED = {
  sort: optional(choice('Order of the results', ['created', 'updated', 'pushed', 'full_name'])),
  direction: optional(choice('Ascending or descending', ['asc', 'desc'])),
};

export const REPOSITORY_TOOLS = [
  githubTool({
    name: 'get_me',
    title: 'Who am I',
    description: 'The GitHub account that the credential of this server belongs to.',
    effect: 'reads',
    topic: TOPIC,
    input: {},
    route: 'GET /user',
    present: one(ACCOUNT),
  }),
  githubTool({
    name: 'get_repository',
    title: 'Get a repository',
    description: 'A repository with its default branch, topics, license, counts and the permissions of the credential.',
    effect: 'reads',
    topic: TOPIC,
    input: REPOSITORY,
    route: 'GET /repos/{owner}/{repo}',
    present: one(REPOSITORY_DETAIL),
  }),
  githubTool({
    name: 'list_my_repositories',
    title: 'List my repositories',
    description: 'Repositories that the account of the credential owns, works on or reaches through an organization.',
    effect: 'reads',
    topic: TOPIC,
    input: {
      visibility: optional(choice('Only those of this visibility', ['all', 'public', 'private'])),
      ...SORTED,
      ...PAGES,
    },
    route: 'GET /user/repos',
    present: page('repositories', REPOSITORY_ITEM),
  }),
  githubTool({
    name: 'list_user_repositories',
    title: 'List repositories of a user',
    description: 'Public repositories of a user. For an organization use list_organization_repositories.',
    effect: 'reads',
    topic: TOPIC,
    input: { username: login('Login of the user'), ...SORTED, ...PAGES },
    route: 'GET /users/{username}/repos',
    present: page('repositories', REPOSITORY_ITEM),
  }),
  githubTool({
    name: 'list_organization_repositories',
    title: 'List repositories of an organization',
    description: 'Repositories of an organization that the credential may see.',
    effect: 'reads',
    topic: TOPIC,
    input: {
      org: login('Login of the organization'),
      type: optional(choice('Only these', ['all', 'public', 'private', 'forks', 'sources', 'member'])),
      ...SORTED,
      ...PAGES,
    },
    route: 'GET /orgs/{org}/repos',
    present: page('repositories', REPOSITORY_ITEM),
  }),
  githubTool({
    name: 'update_repository',
    title: 'Change a repository',
    description: 'Changes what is given of the settings of a repository; a new name renames it.',
    effect: 'replaces',
    topic: { ...TOPIC, priority: 40 },
    input: {
      ...REPOSITORY,
      name: optional(repositoryName('New name')),
      description: optional(text('New description', { min: 0, max: 350 })),
      homepage: optional(text('New address of its web page', { min: 0 })),
      default_branch: optional(ref('New default branch')),
      archived: optional(flag('Whether it is archived, and so read-only')),
    },
    route: 'PATCH /repos/{owner}/{repo}',
    present: one(REPOSITORY_DETAIL),
  }),
];
