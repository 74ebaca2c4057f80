import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createKmsSecretBox } from '../../lambdas/adapters/kms-vault/kms-secret-box.ts';
import { VAULT_CONTEXT, type VaultPurpose } from '../../lambdas/contract.ts';
import { readStack } from '../../local/template/read-stack.ts';
import { loadIdentity } from '../../local/template/state.ts';
import { createRunningEndpoints } from '../support/running-endpoints.ts';
import { binding, secretOf, textOf } from '../support/secret-box-contract.ts';
import { ASSEMBLY } from '../support/test-hub.ts';

const ALL_OF_VAULT = ['seal', 'open'] as const;
/** What the stack lets a function do with what is sealed for a purpose; all the rest it refuses. */
const ALLOWED: Readonly<Record<string, Partial<Record<VaultPurpose, readonly string[]>>>> = {
  Manage: { 'upstream-config': ALL_OF_VAULT },
  Invoke: { 'upstream-config': ['open'] },
  Mcp: { 'upstream-config': ['open'], 'request-state': ALL_OF_VAULT },
  Browse: {},
};

describe('with the permissions of the stack, under the vault key,', () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'nexus-vault-'));
  const stack = readStack({
    assemblyDirectory: ASSEMBLY,
    parameters: { PublicUrl: 'http://127.0.0.1:8787' },
    identity: loadIdentity({ assemblyDirectory: ASSEMBLY, dataDirectory }),
  });
  const running = createRunningEndpoints(stack);
  before(running.start);
  after(async () => {
    await running.remove();
    rmSync(dataDirectory, { recursive: true });
  });

  const boxOf = (role: string, purpose: VaultPurpose) => {
    const fn = stack.functions.find(({ functionName }) => functionName.includes(`-${role}`)) ?? assert.fail(role);
    const keyArn = stack.keys.find(({ logicalId }) => logicalId.startsWith('Vault'))?.arn ?? assert.fail();
    return createKmsSecretBox({ kms: running.kms(fn.functionName), keyArn, stage: 'local', purpose, now: Date.now });
  };
  /** Who may seal for a purpose, so that others have something to open. */
  const sealers = { 'upstream-config': 'Manage', 'request-state': 'Mcp' } as const satisfies Record<
    VaultPurpose,
    string
  >;

  for (const [role, allowed] of Object.entries(ALLOWED)) {
    for (const purpose of VAULT_CONTEXT.purposes) {
      const uses: Readonly<Record<(typeof ALL_OF_VAULT)[number], () => Promise<unknown>>> = {
        seal: () => boxOf(role, purpose).seal(binding, secretOf('x')),
        open: async () => {
          const sealed = await boxOf(sealers[purpose], purpose).seal(binding, secretOf('x'));
          assert.equal(textOf(await boxOf(role, purpose).open(binding, sealed)), 'x');
        },
      };
      for (const use of ALL_OF_VAULT) {
        const may = allowed[purpose]?.includes(use) ?? false;
        it(`${role} ${may ? 'may' : 'may not'} ${use} what is for ${purpose}`, async () => {
          if (may) await uses[use]();
          else await assert.rejects(uses[use](), { code: 'unavailable' });
          const refused = running.calls.at(-1)?.errorType?.includes('AccessDenied') ?? false;
          assert.equal(refused, !may);
        });
      }
    }
  }
});
