import type { Egress } from '../../egress/egress.ts';

/**
 * Whether a person may be sent to an address that a server names: by https, without a name or password in it; by http
 * only to this machine, where the hub itself goes there too.
 */
export function isOpenable(egress: Pick<Egress, 'parse'>, raw: string): boolean {
  const url = URL.parse(raw);
  if (url === null || url.username !== '' || url.password !== '') return false;
  if (url.protocol !== 'http:') return url.protocol === 'https:';
  try {
    return egress.parse(raw).href !== '';
  } catch {
    return false;
  }
}
