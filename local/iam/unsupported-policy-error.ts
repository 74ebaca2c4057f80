/** A policy says something that is not evaluated locally. Better no hub than a hub that guesses. */
export class UnsupportedPolicyError extends Error {
  override readonly name = 'UnsupportedPolicyError' as const;
}
