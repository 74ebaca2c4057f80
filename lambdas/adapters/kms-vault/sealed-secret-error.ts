const MESSAGES = {
  MALFORMED: 'the sealed secret is not in the layout of its version',
  VERSION: 'the sealed secret has an unknown version',
  DATA_KEY: 'the data key of the sealed secret does not belong to this key and binding',
  COMMITMENT: 'the data key is not the one that the secret was sealed with',
  AUTHENTICATION: 'the sealed secret or its binding was changed',
} as const;

export type SealedSecretErrorCode = keyof typeof MESSAGES;

/** The blob is not what was sealed for this binding. Fixed messages and no cause: it shows nothing of what it refused. */
export class SealedSecretError extends Error {
  override readonly name = 'SealedSecretError' as const;
  readonly code: SealedSecretErrorCode;

  constructor(code: SealedSecretErrorCode) {
    super(MESSAGES[code]);
    this.code = code;
  }
}
