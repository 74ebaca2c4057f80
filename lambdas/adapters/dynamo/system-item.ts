import * as z from 'zod/mini';
import type { OwnCredential, SystemState } from '../../hub/system/system-rows.ts';

const stateItemSchema = z.object({
  slug: z.string(),
  enabled: z.boolean(),
  rateLimitPerMinute: z.optional(z.number()),
  url: z.optional(z.string()),
  sealedSecret: z.optional(z.instanceof(Uint8Array)),
  version: z.number(),
  updatedAt: z.number(),
});

const ownItemSchema = z.object({
  slug: z.string(),
  origin: z.optional(z.string()),
  sealedSecret: z.instanceof(Uint8Array),
  version: z.number(),
  updatedAt: z.number(),
});

export function stateFromItem(item: unknown): SystemState {
  const { rateLimitPerMinute, url, sealedSecret, ...state } = stateItemSchema.parse(item);
  return { ...state, rateLimitPerMinute, url, sealedSecret };
}

export function ownCredentialFromItem(item: unknown): OwnCredential {
  const { origin, ...own } = ownItemSchema.parse(item);
  return { ...own, origin };
}
