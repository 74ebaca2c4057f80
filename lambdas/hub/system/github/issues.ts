import type { ToolMetadata } from '../../catalog/tool-metadata.ts';
import { body, choice, integer, label, list, login, PAGES, REPOSITORY, text, time, title } from './arguments.ts';
import { githubTool } from './github-tool.ts';
import { optional } from './input.ts';
import { one, page } from './present.ts';
import { shape } from './shape.ts';

export const ISSUES: ToolMetadata = {
  category: 'code',
  tags: ['github', 'issues'],
  priority: 75,
  estimatedDurationMs: 800,
};

export const ISSUE_ITEM = shape(
  'number title state state_reason author:user.login labels:labels[].name assignees:assignees[].login ' +
    'milestone:milestone.title comments is_draft:draft pull_request:pull_request.html_url created_at updated_at ' +
    'closed_at url:html_url',
);
const ISSUE_DETAIL = [...ISSUE_ITEM, ...shape('body')];
const COMMENT = shape('id author:user.login created_at updated_at body url:html_url');
export const MAX_COMMENT = 8_000;

export const ISSUE = { ...REPOSITORY, issue_number: integer('Number of the issue or pull request') };
const LABELS = list('Names of labels', label('Name of a label'), 100);
const ASSIGNEES = list('Logins of those who are assigned', login('Login of a user'), 10);

export const ISSUE_TOOLS = [
  githubTool({
    name: 'list_issues',
    title: 'List issues',
    description: 'Issues of a repository. Pull requests are among them, and have pull_request set.',
    effect: 'reads',
    topic: ISSUES,
    input: {
      ...REPOSITORY,
      state: optional(choice('Only those in this state; open ones without it', ['open', 'closed', 'all'])),
      labels: optional(LABELS),
      assignee: optional(text('Login of who is assigned; "none" for nobody, "*" for anybody', { max: 100 })),
      creator: optional(login('Login of who opened it')),
      since: optional(time('Only those updated since')),
      sort: optional(choice('Order of the results', ['created', 'updated', 'comments'])),
      direction: optional(choice('Ascending or descending', ['asc', 'desc'])),
      ...PAGES,
    },
    route: 'GET /repos/{owner}/{repo}/issues',
    parameters: ({ labels, ...args }) => ({ ...args, labels: labels?.join(',') }),
    present: page('issues', ISSUE_ITEM),
  }),
  githubTool({
    name: 'get_issue',
    title: 'Read an issue',
    description: 'An issue or pull request with its text. Its comments are read by list_issue_comments.',
    effect: 'reads',
    topic: ISSUES,
    input: ISSUE,
    route: 'GET /repos/{owner}/{repo}/issues/{issue_number}',
    present: one(ISSUE_DETAIL),
  }),
  githubTool({
    name: 'list_issue_comments',
    title: 'List comments of an issue',
    description: 'Comments on an issue or in the conversation of a pull request, oldest first.',
    effect: 'reads',
    topic: ISSUES,
    input: { ...ISSUE, since: optional(time('Only those updated since')), ...PAGES },
    route: 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
    present: page('comments', COMMENT, { maxText: MAX_COMMENT }),
  }),
  githubTool({
    name: 'create_issue',
    title: 'Open an issue',
    description: 'Opens a new issue. Labels, assignees and milestone need push access and are ignored without it.',
    effect: 'adds',
    topic: ISSUES,
    input: {
      ...REPOSITORY,
      title: title('Title of the issue'),
      body: optional(body('Text of the issue')),
      labels: optional(LABELS),
      assignees: optional(ASSIGNEES),
      milestone: optional(integer('Number of the milestone')),
    },
    route: 'POST /repos/{owner}/{repo}/issues',
    present: one(ISSUE_ITEM),
  }),
  githubTool({
    name: 'update_issue',
    title: 'Change an issue',
    description:
      'Changes what is given of an issue: title, text, state, labels, assignees, milestone. Lists replace the ones before.',
    effect: 'replaces',
    topic: ISSUES,
    input: {
      ...ISSUE,
      title: optional(title('New title')),
      body: optional(body('New text')),
      state: optional(choice('New state', ['open', 'closed'])),
      state_reason: optional(choice('Why the state is changed', ['completed', 'not_planned', 'duplicate', 'reopened'])),
      labels: optional(LABELS),
      assignees: optional(ASSIGNEES),
      milestone: optional(integer('Number of the milestone')),
    },
    route: 'PATCH /repos/{owner}/{repo}/issues/{issue_number}',
    present: one(ISSUE_ITEM),
  }),
  githubTool({
    name: 'comment_on_issue',
    title: 'Comment on an issue',
    description: 'Adds a comment to an issue or to the conversation of a pull request.',
    effect: 'adds',
    topic: ISSUES,
    input: { ...ISSUE, body: body('The comment') },
    route: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
    present: one(COMMENT),
  }),
];
