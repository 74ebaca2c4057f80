import { SCOPES } from '../../lambdas/contract.ts';

/** What a token is for when nothing is asked for. `admin` is for who runs the hub, so it has to be asked for. */
export const DEFAULT_SCOPES = SCOPES.filter((scope) => scope !== 'admin');

/** Scopes of OpenID Connect, which are about the sign-in and not about the hub. */
export const OPENID_SCOPES: readonly string[] = ['openid', 'offline_access'];
