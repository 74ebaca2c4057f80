import { ACTIONS_TOOLS } from './actions.ts';
import { BRANCH_TOOLS } from './branches.ts';
import { COMMIT_TOOLS } from './commits.ts';
import { FILE_TOOLS } from './files.ts';
import type { GithubTool } from './github-tool.ts';
import { ISSUE_TOOLS } from './issues.ts';
import { LABEL_TOOLS } from './labels.ts';
import { NOTIFICATION_TOOLS } from './notifications.ts';
import { PULL_REQUEST_TOOLS } from './pull-requests.ts';
import { RELEASE_TOOLS } from './releases.ts';
import { REPOSITORY_TOOLS } from './repositories.ts';
import { REVIEW_TOOLS } from './reviews.ts';
import { SEARCH_TOOLS } from './search.ts';

export const GITHUB_TOOLS: readonly GithubTool[] = [
  ...REPOSITORY_TOOLS,
  ...FILE_TOOLS,
  ...SEARCH_TOOLS,
  ...ISSUE_TOOLS,
  ...LABEL_TOOLS,
  ...PULL_REQUEST_TOOLS,
  ...REVIEW_TOOLS,
  ...COMMIT_TOOLS,
  ...BRANCH_TOOLS,
  ...RELEASE_TOOLS,
  ...ACTIONS_TOOLS,
  ...NOTIFICATION_TOOLS,
];
