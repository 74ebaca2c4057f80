import { type RestRequest, ToolInputError } from '../../../hub/system/rest-tool.ts';

/** `URL` takes these for steps, encoded as well, and `encodeURIComponent` leaves them as they are. */
const STEP = /^(?:\.|%2e){1,2}$/i;

/** Where a request goes: below the server's address, whatever its path was made of. */
export function locate(base: URL, { path, query }: Pick<RestRequest, 'path' | 'query'>): URL {
  const segments = path.split(/[\\/]/).filter((segment) => segment !== '');
  if (segments.some((segment) => STEP.test(segment))) {
    throw new ToolInputError('"." and ".." are no names that this tool can ask for');
  }
  const url = new URL(base);
  url.pathname = [base.pathname.replace(/\/+$/, ''), ...segments].join('/');
  url.search = new URLSearchParams(query.map(([name, value]) => [name, value])).toString();
  return url;
}
