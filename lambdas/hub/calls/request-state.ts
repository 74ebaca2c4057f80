import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import * as z from 'zod/mini';
import { HubError } from '../hub-error.ts';
import type { JsonObject } from '../json.ts';
import type { Principal } from '../principal.ts';
import { Secret } from '../secret.ts';
import type { SecretBox } from '../servers/secret-box.ts';

/** What a server's state belongs to: who asked, which server, and for exactly what. */
export interface StateBinding {
  readonly principal: Principal;
  readonly serverId: string;
  /** JSON-RPC method and the name or URI that it was asked for. */
  readonly method: string;
  readonly name: string;
  readonly arguments: JsonObject;
}

export interface RequestStates {
  /** An opaque text for the caller to hand back. */
  seal(binding: StateBinding, state: string): Promise<string>;
  /** `HubError('invalid_request')` when it was not sealed for this very request, or too long ago. */
  open(binding: StateBinding, sealed: string): Promise<string>;
}

/** Time for a person to answer what a server asks. */
const LIFETIME_MS = 30 * 60_000;
const MAX_SEALED_LENGTH = 128 * 1024;

const contentSchema = z.strictObject({ binding: z.string(), expiresAt: z.number(), state: z.string() });

/**
 * Keeps a server's `requestState` (multi-round-trip requests) safe with the caller. The server bound it to the hub's
 * credential, which all of its tenant's callers share, so the hub binds it to the one who was asked: encrypted, for
 * tenant and server by the box, for principal, request and time inside.
 * https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/mrtr
 */
export function createRequestStates(deps: { readonly box: SecretBox; readonly now: () => number }): RequestStates {
  const { box, now } = deps;
  return {
    async seal(binding, state) {
      const content = { binding: digestOf(binding), expiresAt: now() + LIFETIME_MS, state };
      const bytes = new TextEncoder().encode(JSON.stringify(content));
      return Buffer.from(await box.seal(rowOf(binding), new Secret(bytes))).toString('base64url');
    },
    async open(binding, sealed) {
      if (sealed.length > MAX_SEALED_LENGTH) throw invalidState();
      const opened = await box.open(rowOf(binding), Buffer.from(sealed, 'base64url')).catch(refuse);
      const content = contentSchema.parse(JSON.parse(new TextDecoder().decode(opened.reveal())));
      if (content.binding !== digestOf(binding) || content.expiresAt < now()) throw invalidState();
      return content.state;
    },
  };
}

function rowOf({ principal, serverId }: StateBinding) {
  return { tenantId: principal.tenantId, serverId };
}

function digestOf({ principal, method, name, arguments: args }: StateBinding): string {
  const bound = [principal.subject, principal.clientId ?? null, method, name, args];
  return createHash('sha256').update(canonical(bound)).digest('base64url');
}

/** Lone surrogates and numbers beyond all bounds come out of `JSON.parse` and have no canonical form (RFC 8785). */
function canonical(value: unknown): string {
  try {
    return canonicalize(value) ?? '';
  } catch {
    throw new HubError('invalid_request', 'the arguments have text or numbers that cannot be bound to a requestState');
  }
}

/** An outage stays one; whatever else the box says about a text from outside is that it is not its own. */
function refuse(error: unknown): never {
  throw error instanceof HubError ? error : invalidState();
}

function invalidState(): HubError {
  return new HubError('invalid_request', 'the requestState is not of this request, or it has expired; start again');
}
