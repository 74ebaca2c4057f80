import type { Egress } from '../../egress/egress.ts';

/** As a person sees it: `URL` drops line ends, and reads a backslash, or nothing at all, as a slash. */
const PLAIN = /^https?:\/\/[^\p{C}\p{Z}\\]+$/iu;

/**
 * Whether a person may be sent to an address that a server names: by https, without a name or password in it; by http
 * only to this machine, where the hub itself goes there too.
 */
export function isOpenable(egress: Pick<Egress, 'parse'>, raw: string): boolean {
  const url = URL.parse(raw);
  if (!PLAIN.test(raw) || url === null || url.username !== '' || url.password !== '') return false;
  if (url.protocol !== 'http:') return url.protocol === 'https:';
  try {
    return egress.parse(raw).href !== '';
  } catch {
    return false;
  }
}
