import { join } from 'node:path';
import { ASSEMBLY } from '../test/support/test-hub.ts';
import { measureModuleLoads } from './module-load.ts';
import { measureRequests } from './requests.ts';

/**
 * Times of this machine, this minute. Only the ratios within one run mean anything, and they say nothing of AWS: here the
 * database, the key service, IAM and API Gateway run beside the functions, on the same processors.
 */
const loads = await measureModuleLoads(join(ASSEMBLY, 'bundles'));
report('module load', loads, ({ kilobytes }) => `${kilobytes.toFixed(0).padStart(5)} KB`);
report('warm requests', await measureRequests(), () => '');

function report<T extends { readonly name: string; readonly milliseconds: number }>(
  title: string,
  rows: readonly T[],
  more: (row: T) => string,
): void {
  const base = rows[0]?.milliseconds ?? 1;
  console.log(`\n${title}`);
  for (const row of rows) {
    const time = `${row.milliseconds.toFixed(1).padStart(7)} ms`;
    console.log(
      `  ${row.name.padEnd(30)} ${time} ${`x${(row.milliseconds / base).toFixed(1)}`.padStart(7)} ${more(row)}`,
    );
  }
}
