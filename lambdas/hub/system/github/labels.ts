import { label, list, PAGES, REPOSITORY, text } from './arguments.ts';
import { githubTool } from './github-tool.ts';
import { optional } from './input.ts';
import { ISSUE, ISSUES } from './issues.ts';
import { all, one, page } from './present.ts';
import { shape } from './shape.ts';

const TOPIC = { ...ISSUES, tags: ['github', 'labels'], priority: 60 };
const LABEL = shape('name color description');

/** GitHub answers a change of labels with all that the issue has then. */
const allLabels = all('labels', LABEL);

export const LABEL_TOOLS = [
  githubTool({
    name: 'list_labels',
    title: 'List labels',
    description: 'Labels that issues and pull requests of a repository can have.',
    effect: 'reads',
    topic: TOPIC,
    input: { ...REPOSITORY, ...PAGES },
    route: 'GET /repos/{owner}/{repo}/labels',
    present: page('labels', LABEL),
  }),
  githubTool({
    name: 'create_label',
    title: 'Create a label',
    description: 'Adds a label to a repository. Fails when there is one of this name.',
    effect: 'sets',
    topic: TOPIC,
    input: {
      ...REPOSITORY,
      name: label('Name of the label'),
      color: optional(
        text('Color as six hexadecimal digits without #', {
          max: 6,
          pattern: [/^[0-9a-fA-F]{6}$/, 'six hexadecimal digits'],
        }),
      ),
      description: optional(text('What it is for', { max: 100 })),
    },
    route: 'POST /repos/{owner}/{repo}/labels',
    present: one(LABEL),
  }),
  githubTool({
    name: 'add_labels',
    title: 'Add labels to an issue',
    description:
      'Adds labels to an issue or pull request, beside those that it has. Labels that do not exist are created.',
    effect: 'sets',
    topic: TOPIC,
    input: { ...ISSUE, labels: list('Names of the labels', label('Name of a label'), 100, 1) },
    route: 'POST /repos/{owner}/{repo}/issues/{issue_number}/labels',
    present: allLabels,
  }),
  githubTool({
    name: 'remove_label',
    title: 'Remove a label from an issue',
    description: 'Takes one label off an issue or pull request.',
    effect: 'replaces',
    topic: TOPIC,
    input: { ...ISSUE, name: label('Name of the label') },
    route: 'DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}',
    present: allLabels,
  }),
];
