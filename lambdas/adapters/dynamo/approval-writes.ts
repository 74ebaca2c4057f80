import type { CatalogTool } from '../../hub/catalog/catalog.ts';
import { HubError } from '../../hub/hub-error.ts';
import type { Server } from '../../hub/servers/server.ts';
import { decodeHead, decodeTools, encodeItem, groupByBucket } from './catalog-codec.ts';
import { type BucketItem, bucketItemSchema, type HeadItem, headItemSchema } from './catalog-items.ts';
import { putHead, putPart } from './catalog-writes.ts';
import { lostRace } from './dynamo-error.ts';
import { bucketKey, headKey } from './keys.ts';
import type { Write } from './transaction.ts';

type Item = Readonly<Record<string, unknown>>;

/**
 * Makes accepted tools active in the catalog that `current` holds, a strongly consistent read. The commit id stays: that
 * nothing was synced meanwhile is the head's condition, that nothing is synced from older pins is the pins' version.
 */
export function approvalWrites(
  tableName: string,
  server: Server,
  accepted: readonly CatalogTool[],
  current: readonly Item[],
): Write[] {
  const { tenantId, slug } = server;
  const head = headOf(server, current);
  const known = decodeHead(head.data);
  const counts = { ...known.counts, quarantined: known.counts.quarantined - accepted.length };
  const newHead = { ...headKey(tenantId, slug), ...head, data: encodeItem({ ...known, counts }) };
  const parts = [...groupByBucket(accepted)].map(([bucket, tools]) => {
    const item = bucketItemOf(server, head, bucket, current);
    return { ...bucketKey(tenantId, slug, bucket), ...item, data: encodeItem(acceptIn(decodeTools(item.data), tools)) };
  });
  return [putHead(tableName, newHead, head), ...parts.map((part) => putPart(tableName, part))];
}

function headOf(server: Server, current: readonly Item[]): HeadItem {
  const { sk } = headKey(server.tenantId, server.slug);
  const head = headItemSchema.safeParse(current.find((item) => item['sk'] === sk)).data;
  if (head === undefined || head.serverId !== server.serverId) throw lostRace();
  return head;
}

function bucketItemOf(server: Server, head: HeadItem, bucket: number, current: readonly Item[]): BucketItem {
  const { sk } = bucketKey(server.tenantId, server.slug, bucket);
  const found = bucketItemSchema.safeParse(current.find((item) => item['sk'] === sk)).data;
  if (found === undefined) throw definitionChanged();
  if (found.commitId !== head.commitId) throw lostRace();
  return found;
}

/** Each accepted tool must wait here with the very definition that was accepted. */
function acceptIn(tools: readonly CatalogTool[], accepted: readonly CatalogTool[]): CatalogTool[] {
  const hashes = new Map(accepted.map(({ exposedName, hash }) => [exposedName, hash]));
  const isAccepted = (tool: CatalogTool) => tool.state === 'quarantined' && hashes.get(tool.exposedName) === tool.hash;
  if (tools.filter(isAccepted).length < accepted.length) throw definitionChanged();
  return tools.map((tool) => (isAccepted(tool) ? { ...tool, state: 'active', approved: undefined } : tool));
}

function definitionChanged(): HubError {
  return new HubError('definition_changed', 'a definition was changed again; read the new one and approve that');
}
