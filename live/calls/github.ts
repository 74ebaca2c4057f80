import * as z from 'zod';
import type { LiveCall } from '../live-service.ts';

const repository = { owner: 'octokit', repo: 'core.js' };

/** They only read what is public, and take seven requests of the account's limit, two of them searches. */
export const GITHUB_CALLS: readonly LiveCall[] = [
  { tool: 'get_me', arguments: {}, facts: { 'whose credential it is': z.looseObject({ login: z.string().min(1) }) } },
  {
    tool: 'get_repository',
    arguments: repository,
    facts: {
      'its name and default branch': z.looseObject({
        full_name: z.literal('octokit/core.js'),
        default_branch: z.string().min(1),
      }),
    },
  },
  {
    tool: 'get_file',
    arguments: { ...repository, path: 'README.md' },
    facts: { 'its text and its sha': z.looseObject({ content: z.string().min(1), sha: z.string().min(40) }) },
  },
  {
    tool: 'list_commits',
    arguments: { ...repository, per_page: 1 },
    facts: {
      'one commit': z.looseObject({ commits: z.array(z.looseObject({ sha: z.string() })).length(1) }),
      'that there are more': z.looseObject({ has_more: z.literal(true), next_page: z.literal(2) }),
    },
  },
  {
    tool: 'list_workflow_runs',
    arguments: { ...repository, per_page: 1 },
    facts: { 'one run': z.looseObject({ runs: z.array(z.looseObject({ id: z.int() })).length(1) }) },
  },
  {
    tool: 'search_code',
    arguments: { q: 'createLogger repo:octokit/core.js' },
    facts: { 'files with their paths': z.looseObject({ files: z.array(z.looseObject({ path: z.string() })).min(1) }) },
  },
  {
    tool: 'search_issues',
    arguments: { q: 'is:pr is:merged repo:octokit/core.js', per_page: 1 },
    facts: { 'how many there are': z.looseObject({ total_count: z.int().positive() }) },
  },
];
