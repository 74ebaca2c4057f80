/** Whether one of the API's binary media types covers a content type. */
export function matchesMediaType(types: readonly string[], contentType: string): boolean {
  const mediaType = contentType.split(/[;,]/)[0]?.trim() ?? '';
  const [group] = mediaType.split('/');
  return types.some((type) => type === '*/*' || type === mediaType || type === `${group}/*`);
}
