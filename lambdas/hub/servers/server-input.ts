import * as z from 'zod/mini';
import { ownMembers } from '../own-members.ts';
import { TRANSPORTS } from '../upstreams/upstream.ts';
import { slugSchema } from './slug.ts';

const headerName = z.string().check(z.minLength(1), z.maxLength(128));
const headerValue = z.string().check(z.minLength(1), z.maxLength(4096));
const headerRecord = z.record(headerName, headerValue).check(
  z.refine((value) => Object.keys(value).length <= 20, 'at most 20 headers'),
  z.refine((value) => {
    const names = Object.keys(value).map((name) => name.toLowerCase());
    return new Set(names).size === names.length;
  }, 'header names must differ by more than their case'),
);
const headers = ownMembers(headerRecord);
const credential = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({ type: z.literal('bearer'), token: headerValue }),
  z.strictObject({ type: z.literal('header'), name: headerName, value: headerValue }),
]);
const name = z.string().check(z.trim(), z.minLength(1), z.maxLength(80));
const url = z.string().check(z.minLength(1), z.maxLength(2048));
const transport = z.enum(TRANSPORTS);
const rateLimitPerMinute = z.int().check(z.minimum(1), z.maximum(100_000));

/** Body of `POST /v1/servers`. */
export const addServerSchema = z.strictObject({
  slug: slugSchema,
  name: z.optional(name),
  url,
  transport: z._default(transport, 'auto'),
  headers: z._default(headers, {}),
  credential: z._default(credential, { type: 'none' }),
  /** Calls per minute of this server, as a burst or spread. */
  rateLimitPerMinute: z._default(rateLimitPerMinute, 60),
  enabled: z._default(z.boolean(), true),
  trustDefinitions: z._default(z.boolean(), false),
});
export type AddServer = z.infer<typeof addServerSchema>;

const changes = {
  name: z.optional(name),
  url: z.optional(url),
  transport: z.optional(transport),
  headers: z.optional(headers),
  credential: z.optional(credential),
  rateLimitPerMinute: z.optional(rateLimitPerMinute),
  enabled: z.optional(z.boolean()),
  trustDefinitions: z.optional(z.boolean()),
};
export const changesSomething = z.refine(
  (value) => typeof value === 'object' && value !== null && Object.keys(changes).some((member) => member in value),
  'send at least one member to change',
);

/** Body of `PATCH /v1/servers/{slug}`: what is not sent stays as it is. */
export const changeServerSchema = z.strictObject(changes).check(changesSomething);
export type ChangeServer = z.infer<typeof changeServerSchema>;
