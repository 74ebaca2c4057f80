import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Client, errors, type Provider } from 'oidc-provider';
import * as z from 'zod';
import { SCOPES } from '../../lambdas/contract.ts';
import { errorPage } from './error-page.ts';
import { OPENID_SCOPES } from './issued-scopes.ts';
import { writePage } from './page.ts';
import { accountIdOf, type Person, personOf, personSchema } from './person.ts';
import { readForm } from './read-form.ts';
import type { CheckSignInCode } from './sign-in-code.ts';
import { type Problem, type SignInPage, signInPage } from './sign-in-page.ts';

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

export interface SignInOptions {
  readonly provider: Provider;
  readonly checkCode: CheckSignInCode;
}

/** What an authorization request asks for, after the provider checked it. */
const requestSchema = z.object({
  client_id: z.string(),
  redirect_uri: z.string(),
  scope: z.string().default(''),
  resource: z.union([z.string().transform((one) => [one]), z.array(z.string())]),
});
type AuthorizationRequest = z.infer<typeof requestSchema>;

const KNOWN_SCOPES: readonly string[] = [...OPENID_SCOPES, ...SCOPES];

/**
 * The page between an authorization request and its answer. The interaction is the one of the browser's cookie, which
 * is bound to this page's path and never sent by other sites.
 */
export function createSignIn(options: SignInOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      await converse(options, request, response);
    } catch (error) {
      if (!(error instanceof errors.SessionNotFound)) throw error;
      writePage(response, errorPage('This sign-in has ended, or was begun in another browser.'));
    }
  };
}

async function converse(options: SignInOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { provider, checkCode } = options;
  const interaction = await provider.interactionDetails(request, response);
  const asked = requestSchema.parse(interaction.params);
  const signedIn = whoMayJustAllow(interaction, request);
  const client = await provider.Client.find(asked.client_id);
  const page = describe(asked, client, signedIn);
  if (request.method !== 'POST') {
    writePage(response, signInPage(page));
    return;
  }
  if (!isFromOurPage(request)) {
    writePage(response, errorPage('This form was sent by another site.', 403));
    return;
  }
  const form = await readForm(request);
  if (form['decision'] !== 'allow') {
    const denial = { error: 'access_denied', error_description: 'the person did not allow it' };
    await provider.interactionFinished(request, response, denial, { mergeWithLastSubmission: false });
    return;
  }
  const answer = signedIn === undefined ? signIn(form, checkCode) : { person: signedIn };
  if ('problem' in answer) {
    writePage(response, signInPage({ ...page, entered: form, problem: answer.problem }));
    return;
  }
  await allow(provider, { interaction, asked, person: answer.person }, request, response);
}

/** Nobody, when the request wants a new sign-in or the browser's owner wants to be somebody else. */
function whoMayJustAllow({ prompt, session }: Interaction, request: IncomingMessage): Person | undefined {
  const wantsOther = new URLSearchParams(request.url?.split('?')[1]).get('account') === 'other';
  return prompt.name === 'login' || wantsOther ? undefined : personOf(session?.accountId ?? '');
}

function signIn(
  form: Readonly<Record<string, string>>,
  checkCode: CheckSignInCode,
): { readonly person: Person } | { readonly problem: Problem } {
  const person = personSchema.safeParse(form);
  if (!person.success) {
    const field = person.error.issues[0]?.path[0] === 'tenant' ? 'tenant' : 'name';
    return {
      problem: { field, status: 400, message: `The ${field} needs letters and digits, and few signs between.` },
    };
  }
  const attempt = checkCode(form['code'] ?? '');
  if (attempt === 'right') return { person: person.data };
  return {
    problem:
      attempt === 'locked'
        ? { field: 'code', status: 429, message: 'Too many wrong sign-in codes. Wait a minute, then try again.' }
        : { field: 'code', status: 403, message: 'That is not the sign-in code of this hub.' },
  };
}

interface Decision {
  readonly interaction: Interaction;
  readonly asked: AuthorizationRequest;
  readonly person: Person;
}

async function allow(
  provider: Provider,
  { interaction, asked, person }: Decision,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const accountId = accountIdOf(person);
  await leaveOtherAccount(provider, interaction, accountId);
  const grant = new provider.Grant({ accountId, clientId: asked.client_id });
  const scopes = asked.scope.split(' ');
  grant.addOIDCScope(scopes.filter((scope) => OPENID_SCOPES.includes(scope)));
  const hubScopes = SCOPES.filter((name) => scopes.includes(name));
  for (const resource of asked.resource) grant.addResourceScope(resource, hubScopes);
  const result = { login: { accountId }, consent: { grantId: await grant.save() } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

/** A browser is one person at a time: the old session ends, and the request goes on without it. */
async function leaveOtherAccount(provider: Provider, interaction: Interaction, accountId: string): Promise<void> {
  if (interaction.session === undefined || interaction.session.accountId === accountId) return;
  const session = await provider.Session.findByUid(interaction.session.uid);
  await session?.destroy();
  interaction.session = undefined;
  await interaction.persist();
}

function describe(asked: AuthorizationRequest, client: Client | undefined, signedIn: Person | undefined): SignInPage {
  return {
    clientName: client?.clientName ?? asked.client_id,
    redirectUri: asked.redirect_uri,
    resource: asked.resource.join(', '),
    scopes: asked.scope.split(' ').filter((scope) => KNOWN_SCOPES.includes(scope)),
    signedIn,
  };
}

/** Beside the cookies: other ports of this machine count as the same site, but not as the same origin. */
function isFromOurPage({ headers }: IncomingMessage): boolean {
  return ['same-origin', 'none', undefined].includes(headers['sec-fetch-site']?.toString());
}
