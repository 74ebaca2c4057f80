const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#x27;': "'",
  '&#39;': "'",
  '&nbsp;': ' ',
};

/** Text of the API, which marks what was searched for and escapes the rest as in HTML, on one line. */
export function plainText(html: string): string {
  return html
    .replaceAll(/<\/?(?:strong|b|em|i|mark)>/g, '')
    .replaceAll(/&(?:amp|lt|gt|quot|nbsp|#x27|#39);/g, (entity) => ENTITIES[entity] ?? entity)
    .replaceAll(/\s+/g, ' ')
    .trim();
}
