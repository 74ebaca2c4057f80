import * as z from 'zod';
import type { LiveCall } from '../live-service.ts';

const url = 'https://example.com/';

/** They open one public page. */
export const PLAYWRIGHT_CALLS: readonly LiveCall[] = [
  {
    tool: 'navigate',
    arguments: { url },
    facts: { 'the title of the page': z.looseObject({ title: z.string().min(1), url: z.literal(url) }) },
  },
  {
    tool: 'screenshot',
    arguments: { url },
    facts: { 'that nothing failed': z.looseObject({ ok: z.literal(true) }) },
  },
];
