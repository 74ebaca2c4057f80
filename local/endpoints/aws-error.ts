/** An error as AWS's JSON protocols answer it. */
export class AwsError extends Error {
  override readonly name = 'AwsError' as const;
  /** `AccessDeniedException`, `ValidationException`, ... */
  readonly type: string;
  readonly status: number;

  constructor(type: string, message: string, options: { readonly status?: number; readonly cause?: unknown } = {}) {
    super(message, options);
    this.type = type;
    this.status = options.status ?? 400;
  }
}
