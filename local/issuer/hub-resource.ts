const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Whether a resource indicator (RFC 8707) names the hub or something below it, by any name of this machine. */
export function isHubResource(publicUrl: string, resource: string): boolean {
  const url = URL.parse(resource);
  const hub = new URL(publicUrl);
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') return false;
  return url.protocol === hub.protocol && url.port === hub.port && LOOPBACK_NAMES.has(url.hostname);
}
