import { VIA_HEADER } from '../../contract.ts';
import { HubError } from '../../hub/hub-error.ts';
import type { Credential, UpstreamContext, UpstreamSecret, UpstreamTarget } from '../../hub/upstreams/upstream.ts';
import type { EgressScope } from '../egress/guarded-fetch.ts';
import { HUB_IDENTITY } from '../../hub/hub-identity.ts';

export interface RequestScopeInput {
  readonly target: UpstreamTarget;
  readonly url: URL;
  readonly context: UpstreamContext;
  readonly hubId: string;
  readonly maxResponseBytes: number;
}

/** What may leave the hub for one use of one server. The only place where a secret is opened for sending. */
export function requestScope({ target, url, context, hubId, maxResponseBytes }: RequestScopeInput): EgressScope {
  const secret = target.secret?.reveal();
  if (secret !== undefined && secret.origin !== url.origin) {
    throw new HubError('credential_required', 'the stored credential belongs to another address; provide it again');
  }
  return {
    partition: partitionOf(target),
    onlyOrigin: url.origin,
    ...(secret && { secretHeaders: { origin: secret.origin, headers: secretHeaders(secret) } }),
    extraHeaders: {
      'user-agent': `${HUB_IDENTITY.name}/${HUB_IDENTITY.version}`,
      [VIA_HEADER]: [...context.via, hubId].join(', '),
    },
    maxResponseBytes,
    signal: context.deadline.signal,
  };
}

/** For ending a session that is no longer used: the hub keeps no secret for a server that it is not calling. */
export function anonymousScope(target: UpstreamTarget, url: URL, timeoutMs: number): EgressScope {
  return {
    partition: partitionOf(target),
    onlyOrigin: url.origin,
    extraHeaders: { 'user-agent': `${HUB_IDENTITY.name}/${HUB_IDENTITY.version}` },
    maxResponseBytes: 65_536,
    signal: AbortSignal.timeout(timeoutMs),
  };
}

function partitionOf({ tenantId, serverId }: UpstreamTarget): string {
  return JSON.stringify([tenantId, serverId]);
}

function secretHeaders({ headers, credential }: UpstreamSecret): Record<string, string> {
  switch (credential.type) {
    case 'none':
    case 'endpoint':
      return { ...headers };
    case 'bearer':
      return { ...headers, authorization: `Bearer ${credential.token}` };
    case 'header':
      return { ...headers, [credential.name]: credential.value };
  }
}

/** What must never be repeated to anybody, in every form that a server is likely to repeat. */
export function secretValues({ secret }: UpstreamTarget): readonly string[] {
  if (secret === undefined) return [];
  const { headers, credential } = secret.reveal();
  return [...Object.values(headers), ...ownValues(credential)].flatMap(formsOf).filter((form) => form !== '');
}

function ownValues(credential: Credential): string[] {
  switch (credential.type) {
    case 'none':
      return [];
    case 'bearer':
      return [credential.token];
    case 'header':
      return [credential.value];
    case 'endpoint':
      return [credential.url];
  }
}

/** A header arrives without the spaces around it, and its reader splits a scheme such as `Basic` from what follows. */
function formsOf(value: string): string[] {
  const trimmed = value.trim();
  const afterScheme = /^\S+\s+(?<rest>.+)$/s.exec(trimmed)?.groups?.['rest'];
  return afterScheme === undefined ? [trimmed] : [trimmed, afterScheme];
}
