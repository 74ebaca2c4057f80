import type { ToolMetadata } from '../../catalog/tool-metadata.ts';
import { filePath, PAGES, ref, REPOSITORY, text, time } from './arguments.ts';
import { githubTool } from './github-tool.ts';
import { optional } from './input.ts';
import { page, pageOf } from './present.ts';
import { CHANGED_FILE } from './pull-requests.ts';
import { listIn, pick, pickAll, shape } from './shape.ts';

const TOPIC: ToolMetadata = { category: 'code', tags: ['github', 'commits'], priority: 65, estimatedDurationMs: 900 };
const MAX_PATCH = 4_000;

const COMMIT_ITEM = shape(
  'sha message:commit.message author:commit.author.name author_login:author.login date:commit.author.date url:html_url',
);
const COMMIT_DETAIL = [
  ...COMMIT_ITEM,
  ...shape(
    'parents:parents[].sha additions:stats.additions deletions:stats.deletions verified:commit.verification.verified',
  ),
];
const COMPARISON = shape('status ahead_by behind_by total_commits merge_base:merge_base_commit.sha url:html_url');
const STATUS = shape('context state description target_url updated_at');
const CHECK = shape(
  'id name status conclusion app:app.name started_at completed_at summary:output.title details_url url:html_url',
);
const AT = ref('Commit sha, branch or tag');

export const COMMIT_TOOLS = [
  githubTool({
    name: 'list_commits',
    title: 'List commits',
    description: 'Commits of a branch, newest first.',
    effect: 'reads',
    topic: TOPIC,
    input: {
      ...REPOSITORY,
      sha: optional(ref('Branch, tag or commit to begin with; the default branch without it')),
      path: optional(filePath('Only those that changed this file or directory')),
      author: optional(text('Only those of this login or e-mail address')),
      since: optional(time('Only those since')),
      until: optional(time('Only those until')),
      ...PAGES,
    },
    route: 'GET /repos/{owner}/{repo}/commits',
    present: page('commits', COMMIT_ITEM),
  }),
  githubTool({
    name: 'get_commit',
    title: 'Read a commit',
    description: 'A commit and the files it changes, each with its patch, cut after 4000 characters.',
    effect: 'reads',
    topic: TOPIC,
    input: { ...REPOSITORY, ref: AT, ...PAGES },
    route: 'GET /repos/{owner}/{repo}/commits/{ref}',
    present: ({ data, nextPage }, args) => ({
      structured: {
        ...pick(data, COMMIT_DETAIL),
        ...pageOf(args, nextPage),
        files: pickAll(listIn(data, 'files'), CHANGED_FILE, MAX_PATCH),
      },
    }),
  }),
  githubTool({
    name: 'compare_commits',
    title: 'Compare two commits',
    description:
      'What is in head and not in base: a page of commits, and at most 300 changed files, which come with the first page.',
    effect: 'reads',
    topic: TOPIC,
    input: {
      ...REPOSITORY,
      base: ref('Branch, tag or commit to compare with; owner:branch in a fork'),
      head: ref('Branch, tag or commit that is compared; owner:branch in a fork'),
      ...PAGES,
    },
    route: 'GET /repos/{owner}/{repo}/compare/{basehead}',
    parameters: ({ base, head, ...args }) => ({ ...args, basehead: `${base}...${head}` }),
    present: ({ data, nextPage }, args) => ({
      structured: {
        ...pick(data, COMPARISON),
        ...pageOf(args, nextPage),
        commits: pickAll(listIn(data, 'commits'), COMMIT_ITEM),
        files: pickAll(listIn(data, 'files'), CHANGED_FILE, MAX_PATCH),
      },
    }),
  }),
  githubTool({
    name: 'get_commit_status',
    title: 'Read the status of a commit',
    description: 'The combined state of a commit and the statuses it is made of. Checks are read by list_check_runs.',
    effect: 'reads',
    topic: TOPIC,
    input: { ...REPOSITORY, ref: AT, ...PAGES },
    route: 'GET /repos/{owner}/{repo}/commits/{ref}/status',
    present: ({ data, nextPage }, args) => ({
      structured: {
        ...pick(data, shape('sha state total_count')),
        ...pageOf(args, nextPage),
        statuses: pickAll(listIn(data, 'statuses'), STATUS),
      },
    }),
  }),
  githubTool({
    name: 'list_check_runs',
    title: 'List check runs of a commit',
    description: 'Checks that ran on a commit, such as the jobs of GitHub Actions, with their conclusions.',
    effect: 'reads',
    topic: TOPIC,
    input: { ...REPOSITORY, ref: AT, ...PAGES },
    route: 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs',
    present: page('check_runs', CHECK, { within: 'check_runs' }),
  }),
];
