import type { TenantId } from '../principal.ts';
import type { Secret } from '../secret.ts';

/** Stands where a tenant does, for what belongs to the deployment. No tenant has this name: theirs begin otherwise. */
export const DEPLOYMENT = '-deployment';

/** Names the row that a secret belongs to. A sealed secret opens under exactly the binding it was sealed with. */
export interface SecretBinding {
  readonly tenantId: TenantId | typeof DEPLOYMENT;
  readonly serverId: string;
}

/** Seals on write, opens where calls are made. */
export interface SecretBox {
  seal(binding: SecretBinding, plaintext: Secret<Uint8Array>): Promise<Uint8Array>;
  /** Throws when the blob is not exactly what was sealed for this binding. Remembers an opened secret for at most 60 s. */
  open(binding: SecretBinding, sealed: Uint8Array): Promise<Secret<Uint8Array>>;
}
