import type { CatalogTool } from '../catalog/catalog.ts';

/** For so long a caller can be expected to hold a connection: API Gateway's buffered routes end at 29 s. */
const LONG_MS = 20_000;

/** Whether a call of this tool is better done as a job, where its caller left the choice to the hub. */
export function isLong({ metadata }: Pick<CatalogTool, 'metadata'>): boolean {
  return metadata.estimatedDurationMs >= LONG_MS;
}
