import type { Adapter, Upstream, UpstreamTarget } from '../../hub/upstreams/upstream.ts';

/** What speaks to a kind of server; it may be loaded the first time that one is spoken to, and always is the same. */
export type UpstreamLoaders = Readonly<Partial<Record<Adapter, () => Promise<Upstream>>>>;

/** One upstream for all kinds of servers, each spoken to by its adapter. */
export function createUpstreamByAdapter(loaders: UpstreamLoaders): Upstream {
  const adapterOf = ({ adapter }: UpstreamTarget): Promise<Upstream> => {
    const load = loaders[adapter];
    if (load === undefined) throw new Error(`this function speaks to no server by the adapter ${adapter}`);
    return load();
  };
  return {
    callTool: async (target, call, context) => (await adapterOf(target)).callTool(target, call, context),
    readResource: async (target, uri, context) => (await adapterOf(target)).readResource(target, uri, context),
    getPrompt: async (target, prompt, context) => (await adapterOf(target)).getPrompt(target, prompt, context),
    getTask: async (target, taskId, context) => (await adapterOf(target)).getTask(target, taskId, context),
    updateTask: async (target, taskId, context) => (await adapterOf(target)).updateTask(target, taskId, context),
    cancelTask: async (target, taskId, context) => (await adapterOf(target)).cancelTask(target, taskId, context),
    complete: async (target, request, context) => (await adapterOf(target)).complete(target, request, context),
  };
}
