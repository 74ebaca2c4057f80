import type { ToolMetadata } from '../../catalog/tool-metadata.ts';
import { body, flag, PAGES, ref, REPOSITORY, title } from './arguments.ts';
import { githubTool } from './github-tool.ts';
import { optional } from './input.ts';
import { one, page } from './present.ts';
import { shape } from './shape.ts';

const TOPIC: ToolMetadata = { category: 'code', tags: ['github', 'releases'], priority: 55, estimatedDurationMs: 800 };
const RELEASE = shape(
  'id tag:tag_name name draft prerelease target:target_commitish author:author.login created_at published_at ' +
    'assets:assets[].name url:html_url',
);
const RELEASE_DETAIL = [...RELEASE, ...shape('body')];

export const RELEASE_TOOLS = [
  githubTool({
    name: 'list_releases',
    title: 'List releases',
    description: 'Releases of a repository, newest first. Drafts are shown to those who may push.',
    effect: 'reads',
    topic: TOPIC,
    input: { ...REPOSITORY, ...PAGES },
    route: 'GET /repos/{owner}/{repo}/releases',
    present: page('releases', RELEASE),
  }),
  githubTool({
    name: 'get_latest_release',
    title: 'Get the latest release',
    description: 'The newest release that is no draft and no prerelease, with its notes.',
    effect: 'reads',
    topic: TOPIC,
    input: REPOSITORY,
    route: 'GET /repos/{owner}/{repo}/releases/latest',
    present: one(RELEASE_DETAIL),
  }),
  githubTool({
    name: 'get_release',
    title: 'Get a release',
    description: 'The release of a tag, with its notes.',
    effect: 'reads',
    topic: TOPIC,
    input: { ...REPOSITORY, tag: ref('Name of the tag') },
    route: 'GET /repos/{owner}/{repo}/releases/tags/{tag}',
    present: one(RELEASE_DETAIL),
  }),
  githubTool({
    name: 'create_release',
    title: 'Create a release',
    description: 'Releases a tag, which is created where there is none. Everybody who watches the repository is told.',
    effect: 'adds',
    topic: TOPIC,
    input: {
      ...REPOSITORY,
      tag_name: ref('Name of the tag'),
      target_commitish: optional(ref('Branch or commit for a tag that does not exist; the default branch without it')),
      name: optional(title('Title of the release')),
      body: optional(body('Notes of the release')),
      draft: optional(flag('Whether it is not published yet')),
      prerelease: optional(flag('Whether it is a prerelease')),
      generate_release_notes: optional(flag('Whether GitHub writes name and notes')),
    },
    route: 'POST /repos/{owner}/{repo}/releases',
    present: one(RELEASE_DETAIL),
  }),
];
