import * as z from 'zod/mini';

/** Characters that can never be mistaken for a key separator, a wildcard or a path. */
export const tenantIdSchema = z
  .string()
  .check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._:@|-]{0,127}$/))
  .brand<'TenantId'>();

/** The tenant, verified. It can only come out of {@link tenantIdSchema}. */
export type TenantId = z.infer<typeof tenantIdSchema>;

/** Who is calling. Total: there is no principal without a tenant, and absence of a scope means denial. */
export interface Principal {
  readonly tenantId: TenantId;
  readonly subject: string;
  readonly clientId: string | undefined;
  readonly scopes: ReadonlySet<string>;
  /** Epoch seconds at which the token ends. */
  readonly expiresAt: number;
}

/** Clocks of issuers and of the hub may differ by so much. */
export const CLOCK_TOLERANCE_SECONDS = 30;
