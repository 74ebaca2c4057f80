import * as z from 'zod/mini';
import type { TenantId } from '../principal.ts';

/** 128 bits: nobody guesses the task of another, whatever else he knows. */
const RANDOM_BYTES = 16;

/** The hub's own id of a server's task. A job's id never looks like it. */
export const handleIdSchema = z
  .string()
  .check(z.regex(/^s[0-9a-f]{32}$/))
  .brand<'HandleId'>();
export type HandleId = z.infer<typeof handleIdSchema>;

export function createHandleId(randomBytes: (size: number) => Uint8Array): HandleId {
  return handleIdSchema.parse(`s${Buffer.from(randomBytes(RANDOM_BYTES)).toString('hex')}`);
}

/**
 * What leads from the hub's id of a task to the server that has it. How the task is, only the server knows. It never
 * changes.
 */
export interface TaskHandle {
  readonly tenantId: TenantId;
  readonly handleId: HandleId;
  /** Who called the tool. */
  readonly subject: string;
  readonly slug: string;
  /** A later server of this slug knows nothing of the task. */
  readonly serverId: string;
  /** The server's own id of the task. */
  readonly upstreamTaskId: string;
  /** Exposed name. */
  readonly tool: string;
  /** For so long it is kept. */
  readonly ttlMs: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** `HubError('unavailable')` when it cannot be reached. */
export interface TaskHandleStore {
  /** Once it has answered, the handle is found. */
  put(handle: TaskHandle): Promise<void>;
  get(tenantId: TenantId, handleId: HandleId): Promise<TaskHandle | undefined>;
}
