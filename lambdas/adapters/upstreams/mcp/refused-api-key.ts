import type { SdkHttpError } from '@modelcontextprotocol/client';
import * as z from 'zod/mini';

const refusal = z.object({
  error: z.object({ details: z.array(z.looseObject({ reason: z.optional(z.unknown()) })) }),
});

/**
 * Whether the server knows no such API key. APIs of Google say so with 400, where others say 401, and with a reason that
 * is made for programs. https://google.aip.dev/193
 */
export function refusesApiKey({ status, data }: SdkHttpError): boolean {
  if (status !== 400 || typeof data.text !== 'string') return false;
  try {
    return refusal.parse(JSON.parse(data.text)).error.details.some(({ reason }) => reason === 'API_KEY_INVALID');
  } catch {
    return false;
  }
}
