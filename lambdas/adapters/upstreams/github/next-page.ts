/** The page that a `Link` header (RFC 8288) calls the next one, in the form that GitHub writes it in. */
export function nextPageIn(link: string | undefined): number | undefined {
  const target = /<(?<target>[^>]*)>;\s*rel="next"/.exec(link ?? '')?.groups?.['target'];
  const page = URL.parse(target ?? '')?.searchParams.get('page') ?? '';
  return /^[1-9]\d{0,8}$/.test(page) ? Number(page) : undefined;
}
