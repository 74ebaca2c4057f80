import type { ToolMetadata } from '../../catalog/tool-metadata.ts';
import { choice, integer, login, PAGES, ref, REPOSITORY, text } from './arguments.ts';
import { githubTool } from './github-tool.ts';
import { optional, withDefault } from './input.ts';
import { presentLog } from './log.ts';
import { done, one, page, pageOf } from './present.ts';
import { listIn, pick, pickAll, shape } from './shape.ts';

const TOPIC: ToolMetadata = { category: 'code', tags: ['github', 'actions'], priority: 65, estimatedDurationMs: 900 };

const RUN = shape(
  'id name title:display_title number:run_number attempt:run_attempt event status conclusion branch:head_branch ' +
    'sha:head_sha actor:actor.login created_at updated_at url:html_url',
);
const JOB = shape('id name status conclusion runner:runner_name started_at completed_at url:html_url');
const STEP = shape('number name status conclusion');
const WORKFLOW = shape('id name path state url:html_url');
const RUN_ID = { ...REPOSITORY, run_id: integer('Id of the run, from list_workflow_runs') };
const STATUSES = [
  'completed',
  'action_required',
  'cancelled',
  'failure',
  'neutral',
  'skipped',
  'stale',
  'success',
  'timed_out',
  'in_progress',
  'queued',
  'requested',
  'waiting',
  'pending',
] as const;

export const ACTIONS_TOOLS = [
  githubTool({
    name: 'list_workflow_runs',
    title: 'List workflow runs',
    description: 'Runs of GitHub Actions in a repository, newest first.',
    effect: 'reads',
    topic: TOPIC,
    input: {
      ...REPOSITORY,
      branch: optional(ref('Only those of this branch')),
      event: optional(text('Only those begun by this event, such as push')),
      status: optional(choice('Only those with this status or conclusion', STATUSES)),
      actor: optional(login('Only those begun by this login')),
      head_sha: optional(ref('Only those of this commit')),
      ...PAGES,
    },
    route: 'GET /repos/{owner}/{repo}/actions/runs',
    present: page('runs', RUN, { within: 'workflow_runs' }),
  }),
  githubTool({
    name: 'get_workflow_run',
    title: 'Get a workflow run',
    description: 'A run of GitHub Actions: what began it, its status and its conclusion.',
    effect: 'reads',
    topic: TOPIC,
    input: RUN_ID,
    route: 'GET /repos/{owner}/{repo}/actions/runs/{run_id}',
    present: one(RUN),
  }),
  githubTool({
    name: 'list_workflow_jobs',
    title: 'List jobs of a workflow run',
    description: 'Jobs of a run with their steps: shows where it failed. Their logs are read by get_job_log.',
    effect: 'reads',
    topic: TOPIC,
    input: {
      ...RUN_ID,
      filter: optional(choice('Of the latest attempt only, or of all', ['latest', 'all'])),
      ...PAGES,
    },
    route: 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs',
    present: ({ data, nextPage }, args) => ({
      structured: {
        ...pageOf(args, nextPage),
        jobs: listIn(data, 'jobs').map((job) => ({ ...pick(job, JOB), steps: pickAll(listIn(job, 'steps'), STEP) })),
      },
    }),
  }),
  githubTool({
    name: 'get_job_log',
    title: 'Read the log of a job',
    description: 'The last lines of the log of a job, at most 100000 characters. Logs expire, after 90 days as a rule.',
    effect: 'reads',
    topic: { ...TOPIC, estimatedDurationMs: 3_000 },
    input: {
      ...REPOSITORY,
      job_id: integer('Id of the job, from list_workflow_jobs'),
      lines: withDefault(integer('How many lines', 5_000), 200),
    },
    route: 'GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs',
    answers: 'log',
    parameters: ({ owner, repo, job_id }) => ({ owner, repo, job_id }),
    present: presentLog,
  }),
  githubTool({
    name: 'rerun_workflow',
    title: 'Run a workflow run again',
    description: 'Runs all jobs of a run that has ended once more.',
    effect: 'adds',
    topic: TOPIC,
    input: RUN_ID,
    route: 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun',
    present: done('started'),
  }),
  githubTool({
    name: 'rerun_failed_jobs',
    title: 'Run failed jobs again',
    description: 'Runs those jobs of a run that failed, and the ones that depend on them, once more.',
    effect: 'adds',
    topic: TOPIC,
    input: RUN_ID,
    route: 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs',
    present: done('started'),
  }),
  githubTool({
    name: 'cancel_workflow_run',
    title: 'Cancel a workflow run',
    description: 'Asks for the end of a run that is queued or in progress.',
    effect: 'replaces',
    topic: TOPIC,
    input: RUN_ID,
    route: 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel',
    present: done('cancelling'),
  }),
  githubTool({
    name: 'list_workflows',
    title: 'List workflows',
    description: 'Workflows of GitHub Actions that a repository has.',
    effect: 'reads',
    topic: TOPIC,
    input: { ...REPOSITORY, ...PAGES },
    route: 'GET /repos/{owner}/{repo}/actions/workflows',
    present: page('workflows', WORKFLOW, { within: 'workflows' }),
  }),
];
