/** How the hub introduces itself, to clients and to upstreams. */
export const HUB_IDENTITY = { name: 'nexus-hub', version: '0.1.0' } as const;
