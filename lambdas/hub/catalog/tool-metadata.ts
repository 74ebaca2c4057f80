import type { Definition } from '../upstreams/upstream.ts';

export const CATEGORIES = [
  'search',
  'browser',
  'code',
  'communication',
  'files',
  'data',
  'location',
  'media',
  'system',
  'other',
] as const;
export type Category = (typeof CATEGORIES)[number];

/** What the hub derives from a definition to sort and filter by. Derived from untrusted text: never a basis for trust. */
export interface ToolMetadata {
  readonly category: Category;
  readonly tags: readonly string[];
  /** 1 (rarely wanted) to 100, for clients that must choose among many. */
  readonly priority: number;
  readonly estimatedDurationMs: number;
}

const CATEGORY_WORDS: Readonly<Record<Exclude<Category, 'other'>, readonly string[]>> = {
  search: ['search', 'find', 'lookup', 'query', 'suggest'],
  browser: ['browser', 'navigate', 'click', 'page', 'screenshot', 'scrape', 'crawl'],
  code: ['code', 'repository', 'repo', 'commit', 'branch', 'pull', 'issue', 'release', 'lint', 'compile', 'git'],
  communication: ['email', 'mail', 'message', 'chat', 'send', 'notify', 'notification', 'channel', 'post'],
  files: ['file', 'files', 'directory', 'folder', 'document', 'upload', 'download', 'archive', 'zip', 'gzip'],
  data: ['database', 'table', 'sql', 'record', 'row', 'dataset', 'metric', 'sum', 'calculate', 'json', 'structured'],
  location: ['map', 'maps', 'place', 'places', 'route', 'directions', 'geocode', 'weather', 'location', 'address'],
  media: ['image', 'images', 'audio', 'video', 'picture', 'photo', 'music'],
  system: ['env', 'environment', 'process', 'system', 'shell', 'server', 'logging', 'log', 'config'],
};

const SLOW_WORDS = [
  'long',
  'render',
  'crawl',
  'generate',
  'transcribe',
  'build',
  'deploy',
  'train',
  'export',
  'backup',
];
const SLOW_MS = 30_000;
const BROWSER_MS = 10_000;
const USUAL_MS = 2_000;
const MAX_TAGS = 12;

export function toolMetadata(definition: Definition): ToolMetadata {
  const nameWords = words(definition.name);
  const textWords = words(`${text(definition['title'])} ${text(definition['description'])}`);
  const category = categoryOf(nameWords) ?? categoryOf(textWords.slice(0, 60)) ?? 'other';
  const hints = hintTags(definition);
  return {
    category,
    tags: [...new Set([...hints, ...nameWords.filter((word) => word.length > 2)])].slice(0, MAX_TAGS),
    priority: priorityOf(definition, hints),
    estimatedDurationMs: estimateDuration(category, [...nameWords, ...textWords]),
  };
}

function words(value: string): string[] {
  return value
    .slice(0, 4_000)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word.length > 0);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The category most of whose words occur; the earlier in the list wins a tie. */
function categoryOf(present: readonly string[]): Category | undefined {
  const set = new Set(present);
  let best: { category: Category; hits: number } | undefined;
  for (const category of CATEGORIES) {
    if (category === 'other') continue;
    const hits = CATEGORY_WORDS[category].filter((word) => set.has(word)).length;
    if (hits > (best?.hits ?? 0)) best = { category, hits };
  }
  return best?.category;
}

/** Tags from the MCP tool annotations (`ToolAnnotations`), which are hints of the server and no promise. */
function hintTags(definition: Definition): string[] {
  const annotations = definition['annotations'];
  if (typeof annotations !== 'object' || annotations === null) return [];
  const hint = (name: string): boolean =>
    Object.entries(annotations).some(([key, value]) => key === name && value === true);
  return [
    ...(hint('readOnlyHint') ? ['read-only'] : []),
    ...(hint('destructiveHint') && !hint('readOnlyHint') ? ['destructive'] : []),
    ...(hint('idempotentHint') ? ['idempotent'] : []),
    ...(hint('openWorldHint') ? ['open-world'] : []),
  ];
}

function priorityOf(definition: Definition, hints: readonly string[]): number {
  const described = text(definition['description']).length >= 20 ? 10 : 0;
  const safe = hints.includes('read-only') ? 10 : 0;
  const risky = hints.includes('destructive') ? 20 : 0;
  return 50 + described + safe - risky;
}

function estimateDuration(category: Category, present: readonly string[]): number {
  if (SLOW_WORDS.some((word) => present.includes(word))) return SLOW_MS;
  return category === 'browser' ? BROWSER_MS : USUAL_MS;
}
