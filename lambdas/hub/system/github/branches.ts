import type { ToolMetadata } from '../../catalog/tool-metadata.ts';
import { flag, PAGES, ref, REPOSITORY } from './arguments.ts';
import { githubTool } from './github-tool.ts';
import { optional } from './input.ts';
import { done, one, page } from './present.ts';
import { shape } from './shape.ts';

const TOPIC: ToolMetadata = { category: 'code', tags: ['github', 'branches'], priority: 60, estimatedDurationMs: 700 };
const BRANCH_NAME = ref('Name of the branch, such as main');

export const BRANCH_TOOLS = [
  githubTool({
    name: 'list_branches',
    title: 'List branches',
    description: 'Branches of a repository, each with its newest commit.',
    effect: 'reads',
    topic: TOPIC,
    input: { ...REPOSITORY, protected: optional(flag('Only those that are protected, or are not')), ...PAGES },
    route: 'GET /repos/{owner}/{repo}/branches',
    present: page('branches', shape('name sha:commit.sha protected')),
  }),
  githubTool({
    name: 'get_branch',
    title: 'Get a branch',
    description: 'A branch with its newest commit and whether it is protected.',
    effect: 'reads',
    topic: TOPIC,
    input: { ...REPOSITORY, branch: BRANCH_NAME },
    route: 'GET /repos/{owner}/{repo}/branches/{branch}',
    present: one(
      shape(
        'name sha:commit.sha message:commit.commit.message date:commit.commit.author.date protected url:_links.html',
      ),
    ),
  }),
  githubTool({
    name: 'create_branch',
    title: 'Create a branch',
    description: 'A new branch at a commit, whose sha get_branch tells. Fails when there is one of this name.',
    effect: 'sets',
    topic: TOPIC,
    input: { ...REPOSITORY, branch: BRANCH_NAME, sha: ref('Full sha of the commit that it begins at') },
    route: 'POST /repos/{owner}/{repo}/git/refs',
    parameters: ({ branch, ...args }) => ({ ...args, ref: `refs/heads/${branch}` }),
    present: one(shape('ref sha:object.sha')),
  }),
  githubTool({
    name: 'delete_branch',
    title: 'Delete a branch',
    description: 'Removes a branch. Commits that are on no other branch are lost with it.',
    effect: 'replaces',
    topic: TOPIC,
    input: { ...REPOSITORY, branch: BRANCH_NAME },
    route: 'DELETE /repos/{owner}/{repo}/git/refs/{ref}',
    parameters: ({ branch, ...args }) => ({ ...args, ref: `heads/${branch}` }),
    present: done('deleted'),
  }),
];
