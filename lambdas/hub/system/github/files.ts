import type { ToolMetadata } from '../../catalog/tool-metadata.ts';
import { choice, filePath, integer, ref, REPOSITORY, text } from './arguments.ts';
import { presentDirectory, presentFile } from './file-content.ts';
import { githubTool } from './github-tool.ts';
import { optional, withDefault } from './input.ts';
import { one } from './present.ts';
import { shape } from './shape.ts';

const TOPIC: ToolMetadata = { category: 'files', tags: ['github', 'files'], priority: 75, estimatedDurationMs: 900 };

/** GitHub takes no larger files through this request than a job of the hub may carry. */
const MAX_CONTENT = 200_000;

const AT = optional(ref('Branch, tag or commit; the default branch without it'));
const CHANGE = shape(
  'path:content.path sha:content.sha size:content.size commit:commit.sha commit_url:commit.html_url',
);
const MESSAGE = text('Commit message', { max: 10_000 });
const BRANCH = optional(ref('Branch to commit to; the default branch without it'));

export const FILE_TOOLS = [
  githubTool({
    name: 'get_file',
    title: 'Read a file',
    description:
      'The content of a text file, at most 100000 characters at a time: the result says at which line it goes on. Of binary files and of files above 1 MB only the facts are given. The sha is needed to change or delete the file.',
    effect: 'reads',
    topic: TOPIC,
    input: {
      ...REPOSITORY,
      path: filePath('Path of the file in the repository'),
      ref: AT,
      start_line: withDefault(integer('Line to begin with'), 1),
    },
    route: 'GET /repos/{owner}/{repo}/contents/{path}',
    parameters: ({ owner, repo, path, ref: at }) => ({ owner, repo, path, ref: at }),
    present: presentFile,
  }),
  githubTool({
    name: 'list_directory',
    title: 'List a directory',
    description: 'Files and directories in a directory of a repository, at most 1000, which is all that GitHub gives.',
    effect: 'reads',
    topic: TOPIC,
    input: { ...REPOSITORY, path: optional(filePath('Path of the directory; the root without it')), ref: AT },
    route: 'GET /repos/{owner}/{repo}/contents/{path}',
    parameters: ({ path = '', ...args }) => ({ ...args, path }),
    present: presentDirectory,
  }),
  githubTool({
    name: 'write_file',
    title: 'Create or update a file',
    description:
      'Commits one file: a new one, or, with the sha of the version that is replaced, an existing one. Fails when the file has changed since.',
    effect: 'replaces',
    topic: TOPIC,
    input: {
      ...REPOSITORY,
      path: filePath('Path of the file in the repository'),
      content: text('The whole new content', { min: 0, max: MAX_CONTENT }),
      encoding: withDefault(choice('How the content is given', ['utf-8', 'base64']), 'utf-8'),
      message: MESSAGE,
      branch: BRANCH,
      sha: optional(ref('Blob sha of the file that is replaced, from get_file; left out for a new file')),
    },
    route: 'PUT /repos/{owner}/{repo}/contents/{path}',
    parameters: ({ content, encoding, ...args }) => ({
      ...args,
      content: encoding === 'base64' ? content : Buffer.from(content).toString('base64'),
    }),
    present: one(CHANGE),
  }),
  githubTool({
    name: 'delete_file',
    title: 'Delete a file',
    description: 'Commits the removal of one file. Fails when the file has changed since its sha was read.',
    effect: 'replaces',
    topic: TOPIC,
    input: {
      ...REPOSITORY,
      path: filePath('Path of the file in the repository'),
      sha: ref('Blob sha of the file, from get_file'),
      message: MESSAGE,
      branch: BRANCH,
    },
    route: 'DELETE /repos/{owner}/{repo}/contents/{path}',
    present: one(CHANGE),
  }),
];
