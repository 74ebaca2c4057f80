import { setTimeout as delay } from 'node:timers/promises';
import type { JsonObject } from '../../../lambdas/hub/json.ts';

/** What a test server offers, the same in every era and transport. It may be changed while the server runs. */
export interface Offer {
  tools: JsonObject[];
  resources: JsonObject[];
  resourceTemplates: JsonObject[];
  prompts: JsonObject[];
  /** Items per page of a list; the cursor of the second page is the empty string. */
  pageSize: number;
  /** What the tool `large` answers. */
  largeResult: string;
  /** How often the tool `count` took effect. */
  effects: number;
  /** How often the tool `slow` was told to stop before it was done. */
  cancellations: number;
}

type Params = Readonly<Record<string, unknown>>;

/** What a tool may use while it runs. */
export interface Running {
  readonly signal: AbortSignal;
  /** What the caller answers to what was asked in the round before. */
  readonly answers: { readonly inputResponses?: unknown; readonly requestState?: unknown };
  progress(progress: number, total: number): Promise<void>;
  log(level: string, data: unknown): Promise<void>;
}

export class RpcError extends Error {
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

export function createOffer({ bulkTools = 0, pageSize = 50 } = {}): Offer {
  return {
    tools: [...SAMPLE_TOOLS, ...Array.from({ length: bulkTools }, (_, index) => bulkTool(index))],
    resources: [{ uri: 'sample://greeting', name: 'greeting', mimeType: 'text/plain' }],
    resourceTemplates: [{ uriTemplate: 'sample://greeting/{name}', name: 'personal greeting' }],
    prompts: [{ name: 'greet', description: 'Greets somebody', arguments: [{ name: 'name', required: true }] }],
    pageSize,
    largeResult: '',
    effects: 0,
    cancellations: 0,
  };
}

const SAMPLE_TOOLS: readonly JsonObject[] = [
  tool('echo', { message: { type: 'string' } }),
  { ...tool('add', { a: { type: 'number' }, b: { type: 'number' } }), outputSchema: { type: 'object' } },
  tool('picture', {}),
  tool('fail', {}),
  tool('refuse', {}),
  tool('slow', { ms: { type: 'integer' } }),
  tool('count', {}),
  tool('forecast', { region: { type: 'string', 'x-mcp-header': 'Region' } }),
  tool('odd', {}),
  tool('large', {}),
  tool('steps', { steps: { type: 'array', items: { type: 'number' } } }),
  tool('tell', { level: { type: 'string' } }),
  tool('ask', { inputRequests: { type: 'object' } }),
  tool('demand', {}),
];

function tool(name: string, properties: JsonObject): JsonObject {
  return { name, description: `The sample tool ${name}`, inputSchema: { type: 'object', properties } };
}

/** About 2 KB, as tools with long descriptions are. */
function bulkTool(index: number): JsonObject {
  return { ...tool(`bulk-${index}`, { query: { type: 'string' } }), description: `${index} ${'words '.repeat(320)}` };
}

/** A result with what no schema knows and nothing that one could rely on. */
export const ODD_RESULT: JsonObject = {
  content: [
    { type: 'hologram', voxels: [1, 2, 3], nested: { deeper: null } },
    { type: 'text', text: 'a\u0000b \u202e ☃', annotations: { audience: ['nobody'] }, unknown: true },
    { type: 'resource_link', uri: 'sample://greeting', name: 'greeting', extra: 1 },
    { type: 'resource', resource: { uri: 'sample://blob', blob: PIXEL } },
    { type: 'audio', data: PIXEL, mimeType: 'audio/wav' },
  ],
  structuredContent: { list: [1, 'two', { three: 3 }] },
  isError: false,
  invented: { by: 'the server' },
  _meta: { 'example.com/trace': 'abc', count: 0 },
};

/** The result of a request, without what an era adds to it. */
export async function answer(offer: Offer, method: string, params: Params, running: Running): Promise<JsonObject> {
  switch (method) {
    case 'tools/list':
      return page('tools', offer.tools, offer.pageSize, params['cursor']);
    case 'resources/list':
      return page('resources', offer.resources, offer.pageSize, params['cursor']);
    case 'resources/templates/list':
      return page('resourceTemplates', offer.resourceTemplates, offer.pageSize, params['cursor']);
    case 'prompts/list':
      return page('prompts', offer.prompts, offer.pageSize, params['cursor']);
    case 'resources/read':
      return { contents: [{ uri: String(params['uri']), text: 'hello', unknown: true }] };
    case 'prompts/get':
      return { messages: [{ role: 'user', content: { type: 'text', text: greeting(params['arguments']) } }] };
    case 'completion/complete':
      return { completion: { values: [`${Object(params['argument']).value}!`], total: 1, hasMore: false } };
    case 'tools/call':
      return callSample(offer, String(params['name']), Object(params['arguments']), running);
    default:
      throw new RpcError(-32601, 'Method not found');
  }
}

function page(key: string, items: readonly JsonObject[], size: number, cursor: unknown): JsonObject {
  const index = cursor === undefined ? 0 : cursor === '' ? 1 : Number(cursor);
  const end = (index + 1) * size;
  return {
    [key]: items.slice(end - size, end),
    ...(end < items.length && { nextCursor: index === 0 ? '' : String(index + 1) }),
  };
}

async function callSample(offer: Offer, name: string, args: Params, running: Running): Promise<JsonObject> {
  switch (name) {
    case 'echo':
      return text(String(args['message']));
    case 'add':
      return { ...text('see the structure'), structuredContent: { sum: Number(args['a']) + Number(args['b']) } };
    case 'picture':
      return { content: [{ type: 'image', data: PIXEL, mimeType: 'image/png' }] };
    case 'fail':
      return { ...text('this tool always fails'), isError: true };
    case 'refuse':
      throw new RpcError(-32602, 'these arguments are not welcome');
    case 'slow':
      await running.progress(1, 2);
      running.signal.addEventListener('abort', () => offer.cancellations++);
      await delay(Number(args['ms']), undefined, { signal: running.signal });
      return text('slept');
    case 'steps':
      for (const step of Array.isArray(args['steps']) ? args['steps'] : []) await running.progress(step, 10);
      return text('done');
    case 'tell':
      await running.log('debug', 'a detail');
      await running.log(String(args['level']), { told: true });
      return text('told');
    case 'ask':
      return ask(args['inputRequests'], running);
    case 'demand':
      throw new RpcError(-32_021, 'say more about yourself', {
        requiredCapabilities: { elicitation: { form: {} }, nonsense: { a: 1 } },
      });
    case 'count':
      offer.effects++;
      return text(String(offer.effects));
    case 'forecast':
      return text(`sunny in ${String(args['region'])}`);
    case 'large':
      return text(offer.largeResult);
    case 'odd':
      return ODD_RESULT;
    default:
      throw new RpcError(-32602, `Unknown tool: ${name}`);
  }
}

/** Two rounds: asks, and then answers with what it was told. */
function ask(inputRequests: unknown, { answers }: Running): JsonObject {
  if (answers.requestState === undefined) {
    return { resultType: 'input_required', inputRequests: Object(inputRequests), requestState: 'after round 1' };
  }
  return text(JSON.stringify(answers));
}

function greeting(args: unknown): string {
  return `Greet ${Object(args).name}`;
}

function text(value: string): JsonObject {
  return { content: [{ type: 'text', text: value }] };
}
