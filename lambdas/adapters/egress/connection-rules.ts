import { HubError } from '../../hub/hub-error.ts';
import type { ConnectionRules } from '../../hub/servers/connection-rules.ts';
import type { Egress } from './egress.ts';
import { EgressError } from './egress-error.ts';
import { isConfigurableHeaderName, isSafeHeaderValue } from './forbidden-headers.ts';
import { isOwnOrigin } from './parse-upstream-url.ts';

/** The rules of the guard, for settings that are about to be stored. `ownOrigins` are those of this very request. */
export function createConnectionRules(egress: Egress, ownOrigins: readonly string[]): ConnectionRules {
  return {
    acceptUrl(raw) {
      const url = parse(egress, raw);
      if (isOwnOrigin(url, ownOrigins)) throw addressRefused(new EgressError('OWN_ORIGIN'));
      return url.href;
    },
    acceptHeader(name, value) {
      if (!isConfigurableHeaderName(name)) {
        throw new HubError('invalid_request', `the header "${printable(name)}" cannot be set; leave it out`);
      }
      if (!isSafeHeaderValue(value)) {
        throw new HubError('invalid_request', `the value of the header "${name}" must be visible ASCII in one line`);
      }
    },
  };
}

/** What is refused by its text alone may say why: the caller wrote the text. */
function parse(egress: Egress, raw: string): URL {
  try {
    return egress.parse(raw);
  } catch (error) {
    if (error instanceof EgressError) throw addressRefused(error);
    throw error;
  }
}

function addressRefused(error: EgressError): HubError {
  return new HubError('address_refused', `${error.message}; use a public https address`, {
    cause: error,
    details: { reason: error.code.toLowerCase() },
  });
}

function printable(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, '?').slice(0, 64);
}
