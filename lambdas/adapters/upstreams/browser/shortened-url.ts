/** As it is told: pages can make addresses of megabytes. */
export function shortenedUrl(url: string, maxLength = 2048): string {
  return url.length <= maxLength ? url : `${url.slice(0, maxLength)}...`;
}
