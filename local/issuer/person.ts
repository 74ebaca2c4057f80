import * as z from 'zod';
import { tenantIdSchema } from '../../lambdas/hub/principal.ts';

export const personSchema = z.object({
  /** Has no `@`, so the first one in an account id ends the name. */
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
  tenant: z.string().refine((tenant) => tenantIdSchema.safeParse(tenant).success),
});

/** Who signed in. There is no list of people: an account is what its id says. */
export type Person = z.infer<typeof personSchema>;

/** `local-user@demo`, the subject of the person's tokens. */
export const accountIdOf = ({ name, tenant }: Person): string => `${name}@${tenant}`;

/** `undefined` for an id that {@link accountIdOf} did not make. */
export function personOf(accountId: string): Person | undefined {
  const at = accountId.indexOf('@');
  return personSchema.safeParse({ name: accountId.slice(0, Math.max(at, 0)), tenant: accountId.slice(at + 1) }).data;
}
