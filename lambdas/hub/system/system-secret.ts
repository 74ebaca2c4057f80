import { HubError } from '../hub-error.ts';
import { Secret } from '../secret.ts';
import type { ConnectionRules } from '../servers/connection-rules.ts';
import type { Credential, UpstreamSecret } from '../upstreams/upstream.ts';
import type { SystemServer } from './system-server.ts';

/** A credential as it was sent, as the secret for the address that it will go to, checked as any server's. */
export function systemSecret(
  { slug, credential: form }: SystemServer,
  sent: string,
  { url, rules }: { readonly url: string | undefined; readonly rules: ConnectionRules },
): Secret<UpstreamSecret> {
  if (form.type === 'endpoint') {
    const endpoint = acceptEndpoint(slug, sent, rules);
    return secretOf(endpoint, { type: 'endpoint', url: endpoint });
  }
  if (url === undefined) throw new Error(`the system server ${slug} has no address`);
  if (form.type === 'bearer') {
    rules.acceptHeader('authorization', `Bearer ${sent}`);
    return secretOf(url, { type: 'bearer', token: sent });
  }
  rules.acceptHeader(form.name, sent);
  return secretOf(url, { type: 'header', name: form.name, value: sent });
}

function secretOf(url: string, credential: Credential): Secret<UpstreamSecret> {
  return new Secret({ origin: new URL(url).origin, headers: {}, credential });
}

const WEB_SOCKET = /^ws(?=s?:)/;

/** A WebSocket begins as a request over HTTP, and goes where one may go. */
function acceptEndpoint(slug: string, sent: string, rules: ConnectionRules): string {
  if (!WEB_SOCKET.test(sent)) {
    throw new HubError('invalid_request', `the credential of "${slug}" is its endpoint: a URL that begins with wss://`);
  }
  try {
    return rules.acceptUrl(sent.replace(WEB_SOCKET, 'http')).replace(/^http/, 'ws');
  } catch (error) {
    if (!(error instanceof HubError) || error.details['reason'] !== 'scheme') throw error;
    const message = `the endpoint of "${slug}" is not encrypted; send one that begins with wss://`;
    throw new HubError(error.code, message, { cause: error, details: error.details });
  }
}
