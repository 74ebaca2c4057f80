/** IAM's `*` (any characters) and `?` (one character). */
export function matchesWildcard(
  pattern: string,
  value: string,
  options: { readonly ignoreCase?: boolean } = {},
): boolean {
  const source = pattern.replace(/[.*+?^${}()|[\]\\]/g, (character) => WILDCARDS[character] ?? `\\${character}`);
  return new RegExp(`^${source}$`, options.ignoreCase ? 'is' : 's').test(value);
}

const WILDCARDS: Readonly<Record<string, string>> = { '*': '.*', '?': '.' };

/**
 * `ArnLike` and `ArnEquals` are the same: each of the six colon-delimited components is compared by itself.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function matchesArn(pattern: string, value: string): boolean {
  const expected = arnComponents(pattern);
  const actual = arnComponents(value);
  return expected.length === actual.length && expected.every((part, i) => matchesWildcard(part, actual[i] ?? ''));
}

function arnComponents(arn: string): string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}
