import type { ToolMetadata } from '../../catalog/tool-metadata.ts';
import { body, choice, flag, integer, PAGES, ref, REPOSITORY, text, title } from './arguments.ts';
import { githubTool } from './github-tool.ts';
import { optional } from './input.ts';
import { one, page } from './present.ts';
import { cut, shape } from './shape.ts';

export const PULLS: ToolMetadata = {
  category: 'code',
  tags: ['github', 'pull-requests'],
  priority: 75,
  estimatedDurationMs: 1_000,
};
const MAX_DIFF = 200_000;
const MAX_PATCH = 4_000;

const PULL_ITEM = shape(
  'number title state draft author:user.login head:head.label base:base.ref head_sha:head.sha labels:labels[].name ' +
    'reviewers:requested_reviewers[].login merged_at created_at updated_at url:html_url',
);
const PULL_DETAIL = [
  ...PULL_ITEM,
  ...shape('merged mergeable mergeable_state comments review_comments commits additions deletions changed_files body'),
];
export const CHANGED_FILE = shape('path:filename previous_path:previous_filename status additions deletions patch');

export const PULL = { ...REPOSITORY, pull_number: integer('Number of the pull request') };

export const PULL_REQUEST_TOOLS = [
  githubTool({
    name: 'list_pull_requests',
    title: 'List pull requests',
    description: 'Pull requests of a repository.',
    effect: 'reads',
    topic: PULLS,
    input: {
      ...REPOSITORY,
      state: optional(choice('Only those in this state; open ones without it', ['open', 'closed', 'all'])),
      head: optional(text('Only from this branch, as owner:branch')),
      base: optional(ref('Only into this branch')),
      sort: optional(choice('Order of the results', ['created', 'updated', 'popularity', 'long-running'])),
      direction: optional(choice('Ascending or descending', ['asc', 'desc'])),
      ...PAGES,
    },
    route: 'GET /repos/{owner}/{repo}/pulls',
    present: page('pull_requests', PULL_ITEM),
  }),
  githubTool({
    name: 'get_pull_request',
    title: 'Read a pull request',
    description:
      'A pull request with its text, its counts and whether it is mergeable, which is missing while GitHub finds out.',
    effect: 'reads',
    topic: PULLS,
    input: PULL,
    route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}',
    present: one(PULL_DETAIL),
  }),
  githubTool({
    name: 'get_pull_request_diff',
    title: 'Read the diff of a pull request',
    description:
      'All changes of a pull request as one diff, cut after 200000 characters. For large ones use list_pull_request_files.',
    effect: 'reads',
    topic: PULLS,
    input: PULL,
    route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}',
    answers: 'diff',
    present({ data }) {
      const diff = String(data);
      const shown = cut(diff, MAX_DIFF);
      return { structured: { diff: shown, characters: diff.length, truncated: diff.length > MAX_DIFF }, text: shown };
    },
  }),
  githubTool({
    name: 'list_pull_request_files',
    title: 'List files of a pull request',
    description:
      'Files that a pull request changes, each with its patch, cut after 4000 characters. Only the first 3000 files can be read.',
    effect: 'reads',
    topic: PULLS,
    input: { ...PULL, ...PAGES },
    route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}/files',
    present: page('files', CHANGED_FILE, { maxText: MAX_PATCH }),
  }),
  githubTool({
    name: 'create_pull_request',
    title: 'Open a pull request',
    description: 'Asks for the commits of one branch to be merged into another.',
    effect: 'adds',
    topic: PULLS,
    input: {
      ...REPOSITORY,
      title: title('Title of the pull request'),
      head: text('Branch with the changes; owner:branch where it is in another repository'),
      base: ref('Branch to merge into'),
      body: optional(body('Text of the pull request')),
      draft: optional(flag('Whether it is a draft')),
      maintainer_can_modify: optional(flag('Whether maintainers may push to the branch')),
    },
    route: 'POST /repos/{owner}/{repo}/pulls',
    present: one(PULL_ITEM),
  }),
  githubTool({
    name: 'update_pull_request',
    title: 'Change a pull request',
    description: 'Changes what is given of a pull request. Labels and assignees are changed by update_issue.',
    effect: 'replaces',
    topic: PULLS,
    input: {
      ...PULL,
      title: optional(title('New title')),
      body: optional(body('New text')),
      state: optional(choice('New state', ['open', 'closed'])),
      base: optional(ref('Branch to merge into from now on')),
    },
    route: 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}',
    present: one(PULL_ITEM),
  }),
  githubTool({
    name: 'merge_pull_request',
    title: 'Merge a pull request',
    description: 'Merges a pull request. With the sha of its head nothing is merged that came in the meantime.',
    effect: 'replaces',
    topic: { ...PULLS, estimatedDurationMs: 3_000 },
    input: {
      ...PULL,
      merge_method: optional(choice('How to merge', ['merge', 'squash', 'rebase'])),
      commit_title: optional(title('Title of the merge commit')),
      commit_message: optional(text('More of its message', { max: 65_536 })),
      sha: optional(ref('Commit that the head has to be at')),
    },
    route: 'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge',
    present: one(shape('merged sha message')),
  }),
];
