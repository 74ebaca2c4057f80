import * as z from 'zod/mini';
import { fetchPromptSchema } from '../hub/calls/fetch-prompt.ts';
import { fetchResourceSchema } from '../hub/calls/fetch-resource.ts';
import { invokeSchema } from '../hub/calls/invocation.ts';
import { listOffersSchema } from '../hub/catalog/list-offers.ts';
import { listToolsSchema } from '../hub/catalog/list-tools.ts';
import { addServerSchema, changeServerSchema, changesSomething } from '../hub/servers/server-input.ts';

/** The exposed name of a tool or prompt. */
const name = z.string().check(z.maxLength(256));
/** What is no slug names no server, as in a path. */
const slug = z.string().check(z.maxLength(256));
/** The server's `version` as it was read; another one is refused. */
const version = z.optional(z.int().check(z.minimum(1)));
/** Saves a server that does not answer. */
const force = z.optional(z.boolean());

/** Spellings of the members in snake case, as clients of the Edge Function write all of theirs. */
const SETTINGS = {
  server_slug: 'slug',
  rate_limit_per_minute: 'rateLimitPerMinute',
  trust_definitions: 'trustDefinitions',
};

/** What each action takes beside `action`: what the route that does the same takes in its path, query and body. */
export const ACTION_INPUTS = {
  health: z.strictObject({}),
  list_tools: listToolsSchema,
  list_resources: listOffersSchema,
  list_prompts: listOffersSchema,
  invoke: alsoSpelled({ tool_name: 'name' }, z.extend(invokeSchema, { name })),
  get_resource: alsoSpelled({ resource_uri: 'uri' }, fetchResourceSchema),
  get_prompt: alsoSpelled({ prompt_name: 'name' }, z.extend(fetchPromptSchema, { name })),
  list_servers: z.strictObject({}),
  add_server: alsoSpelled(SETTINGS, z.extend(addServerSchema, { force })),
  update_server: alsoSpelled(
    SETTINGS,
    z.strictObject({ ...changeServerSchema.shape, slug, version, force }).check(changesSomething),
  ),
  delete_server: alsoSpelled(SETTINGS, z.strictObject({ slug, version })),
} as const;

/** Takes a member under a second name too. Both at once are not guessed about: the second one is unknown then. */
function alsoSpelled<S extends z.core.$ZodType>(spellings: Readonly<Record<string, string>>, schema: S) {
  return z.pipe(
    z.transform((input: unknown) => respelled(input, spellings)),
    schema,
  );
}

function respelled(input: unknown, spellings: Readonly<Record<string, string>>): unknown {
  if (typeof input !== 'object' || input === null) return input;
  const own = (key: string): string => {
    const respelt = Object.hasOwn(spellings, key) ? spellings[key] : undefined;
    return respelt === undefined || Object.hasOwn(input, respelt) ? key : respelt;
  };
  return Object.fromEntries(Object.entries(input).map(([key, value]) => [own(key), value]));
}
