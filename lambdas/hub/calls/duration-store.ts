import type { TenantId } from '../principal.ts';

/** A tool of one server, under the name that the hub gives it. */
export interface TimedTool {
  readonly slug: string;
  readonly serverId: string;
  readonly exposedName: string;
}

/** How long calls take, learned per tool and kept with the catalog. */
export interface DurationStore {
  /** From now on the tool is expected to take so many milliseconds. Fails soon where it cannot be written down. */
  write(tenantId: TenantId, tool: TimedTool, milliseconds: number): Promise<void>;
}
