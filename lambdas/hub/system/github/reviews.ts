import { body, choice, filePath, integer, PAGES, ref } from './arguments.ts';
import { githubTool } from './github-tool.ts';
import { optional } from './input.ts';
import { MAX_COMMENT } from './issues.ts';
import { one, page } from './present.ts';
import { PULL, PULLS } from './pull-requests.ts';
import { shape } from './shape.ts';

const TOPIC = { ...PULLS, tags: ['github', 'pull-requests', 'reviews'], priority: 65 };
const REVIEW = shape('id author:user.login state commit:commit_id submitted_at body url:html_url');
const REVIEW_COMMENT = shape(
  'id author:user.login path line side commit:commit_id in_reply_to:in_reply_to_id created_at body diff:diff_hunk url:html_url',
);

export const REVIEW_TOOLS = [
  githubTool({
    name: 'list_reviews',
    title: 'List reviews of a pull request',
    description: 'Who approved a pull request, asked for changes or commented, in the order of time.',
    effect: 'reads',
    topic: TOPIC,
    input: { ...PULL, ...PAGES },
    route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews',
    present: page('reviews', REVIEW, { maxText: MAX_COMMENT }),
  }),
  githubTool({
    name: 'list_review_comments',
    title: 'List comments on code of a pull request',
    description: 'Comments on lines of a pull request. Those of its conversation are read by list_issue_comments.',
    effect: 'reads',
    topic: TOPIC,
    input: { ...PULL, ...PAGES },
    route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}/comments',
    present: page('comments', REVIEW_COMMENT, { maxText: MAX_COMMENT }),
  }),
  githubTool({
    name: 'review_pull_request',
    title: 'Review a pull request',
    description: 'Approves a pull request, asks for changes or comments. Anything but an approval needs a text.',
    effect: 'adds',
    topic: TOPIC,
    input: {
      ...PULL,
      event: choice('What the review says', ['APPROVE', 'REQUEST_CHANGES', 'COMMENT']),
      body: optional(body('Text of the review')),
      commit_id: optional(ref('Commit that was reviewed; the newest without it')),
    },
    route: 'POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews',
    present: one(REVIEW),
  }),
  githubTool({
    name: 'comment_on_code',
    title: 'Comment on code of a pull request',
    description: 'Adds a comment to one line of a file that a pull request changes.',
    effect: 'adds',
    topic: TOPIC,
    input: {
      ...PULL,
      path: filePath('Path of the file'),
      line: integer('Line in the file'),
      side: optional(choice('RIGHT for the new file, LEFT for the old one', ['LEFT', 'RIGHT'])),
      commit_id: ref('Sha of the commit that the line is of, usually the head'),
      body: body('The comment'),
    },
    route: 'POST /repos/{owner}/{repo}/pulls/{pull_number}/comments',
    present: one(REVIEW_COMMENT),
  }),
];
