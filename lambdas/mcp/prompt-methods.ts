import * as z from 'zod/mini';
import type { createCompleteArgument } from '../hub/calls/complete-argument.ts';
import type { createFindPrompt } from '../hub/calls/find-prompt.ts';
import type { createFindServer } from '../hub/calls/find-server.ts';
import type { createGetPrompt } from '../hub/calls/get-prompt.ts';
import { uriSchema } from '../hub/calls/read-resource.ts';
import type { RequestStates } from '../hub/calls/request-state.ts';
import { slugOf } from '../hub/catalog/exposed-name.ts';
import type { createListPrompts } from '../hub/catalog/list-prompts.ts';
import { HubError } from '../hub/hub-error.ts';
import type { JsonObject } from '../hub/json.ts';
import { converse } from './converse.ts';
import type { Exchange } from './exchange.ts';
import { LIST_FRESHNESS, listParams, type McpMethods, paramsOf } from './method.ts';
import type { ShownServer } from './shown-server.ts';

export interface PromptMethodDependencies {
  readonly listPrompts: ReturnType<typeof createListPrompts>;
  readonly findPrompt: ReturnType<typeof createFindPrompt>;
  readonly getPrompt: ReturnType<typeof createGetPrompt>;
  readonly findServer: ReturnType<typeof createFindServer>;
  readonly completeArgument: ReturnType<typeof createCompleteArgument>;
  readonly states: RequestStates;
  readonly shown: ShownServer;
}

const PAGE = 1000;

const texts = z.record(z.string(), z.string());
const getParams = z.object({ name: z.string(), arguments: z._default(texts, {}) });
const completeParams = z.object({
  ref: z.discriminatedUnion('type', [
    z.object({ type: z.literal('ref/prompt'), name: z.string() }),
    z.object({ type: z.literal('ref/resource'), uri: uriSchema }),
  ]),
  argument: z.object({ name: z.string(), value: z.string() }),
  context: z.optional(z.object({ arguments: z._default(texts, {}) })),
});
type CompleteParams = z.output<typeof completeParams>;

export function promptMethods(deps: PromptMethodDependencies): McpMethods {
  return {
    'prompts/list': {
      scope: 'tools:read',
      async handle(params, { principal, names }) {
        const { cursor } = paramsOf(listParams, params);
        const page = await deps.listPrompts(principal.tenantId, { server: names.server, limit: PAGE, cursor });
        if (page.items.length === 0) await deps.shown.mustExist(principal.tenantId, names);
        const prompts = page.items.map(({ server, exposed, definition }) =>
          names.show({ slug: server.slug, exposed, definition }),
        );
        return { prompts, ...(page.nextCursor !== undefined && { nextCursor: page.nextCursor }), ...LIST_FRESHNESS };
      },
    },
    'prompts/get': {
      scope: 'tools:call',
      async handle(params, exchange) {
        const { name, arguments: args } = paramsOf(getParams, params);
        const found = await findShown(deps, exchange, name);
        const about = { server: found.server, method: 'prompts/get', name, arguments: args };
        return converse(deps.states, exchange, about, (context) => deps.getPrompt(found, args, context));
      },
    },
    'completion/complete': {
      scope: 'tools:call',
      handle: (params, exchange) => complete(deps, exchange, paramsOf(completeParams, params)),
    },
  };
}

async function complete(
  deps: PromptMethodDependencies,
  exchange: Exchange,
  { ref, ...request }: CompleteParams,
): Promise<JsonObject> {
  const { principal, names, context } = exchange;
  if (ref.type === 'ref/prompt') {
    const found = await findShown(deps, exchange, ref.name);
    return deps.completeArgument(found, { ...request, ref: { type: ref.type, name: found.prompt.name } }, context);
  }
  const { slug, uri } = names.locate(ref.uri);
  const found = await deps.findServer(principal.tenantId, slug);
  return deps.completeArgument(found, { ...request, ref: { type: ref.type, uri } }, context);
}

async function findShown({ findPrompt }: PromptMethodDependencies, { principal, names }: Exchange, name: string) {
  const exposed = names.exposed(name);
  const slug = slugOf(exposed);
  const found = slug === undefined ? undefined : await findPrompt(principal.tenantId, slug, exposed);
  const isShown = found !== undefined && (names.server === undefined || found.prompt.name === name);
  if (isShown) return found;
  throw new HubError(
    'prompt_not_found',
    `there is no prompt "${name.slice(0, 64)}"; list the prompts to see which there are`,
  );
}
