import type { CatalogStore } from '../catalog/catalog-store.ts';
import { exposedName } from '../catalog/exposed-name.ts';
import { HubError } from '../hub-error.ts';
import type { TenantId } from '../principal.ts';
import type { Definition } from '../upstreams/upstream.ts';
import type { CallReader } from './call-reader.ts';
import { type CallableServer, callableServer, serverNotSynced } from './callable-server.ts';

export interface CallablePrompt extends CallableServer {
  readonly prompt: Definition;
}

export interface FindPromptDependencies {
  readonly calls: Pick<CallReader, 'readServer'>;
  readonly catalog: Pick<CatalogStore, 'readOffers'>;
}

/**
 * Finds a prompt by the name under which the hub shows it. Names that had to be shortened lead back only over the
 * list, so that is read beside the server: two reads in one round trip.
 */
export function createFindPrompt({ calls, catalog }: FindPromptDependencies) {
  return async (tenantId: TenantId, slug: string, exposed: string): Promise<CallablePrompt> => {
    const [subject, offers] = await Promise.all([
      calls.readServer(tenantId, slug),
      catalog.readOffers(tenantId, 'prompts', slug),
    ]);
    const callable = callableServer(subject, () => promptNotFound(exposed));
    const own = offers.find(({ serverId }) => serverId === callable.server.serverId);
    if (own === undefined) throw serverNotSynced(slug);
    const prompt = own.definitions.find(({ name }) => exposedName(slug, name) === exposed);
    if (prompt === undefined) throw promptNotFound(exposed);
    return { ...callable, prompt };
  };
}

export function promptNotFound(exposed: string): HubError {
  return new HubError(
    'prompt_not_found',
    `there is no prompt "${exposed.slice(0, 64)}"; list the prompts to see which there are`,
  );
}
