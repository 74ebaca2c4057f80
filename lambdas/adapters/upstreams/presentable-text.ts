const MAX_LENGTH = 500;

/** An upstream's text, fit to be shown to the caller: bounded, without control characters and without the secrets. */
export function presentableText(text: string, secrets: readonly string[]): string {
  // A secret may contain another, and would not be found any more once that was replaced.
  const longestFirst = secrets.toSorted((a, b) => b.length - a.length);
  const discreet = longestFirst.reduce((result, secret) => result.replaceAll(secret, '[redacted]'), text);
  return discreet.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, MAX_LENGTH);
}
