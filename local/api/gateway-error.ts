/**
 * Answers that API Gateway itself gives, with AWS's default status, message and error name:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
const RESPONSE_TYPES = {
  ACCESS_DENIED: [403, 'User is not authorized to access this resource', 'AccessDeniedException'],
  API_CONFIGURATION_ERROR: [500, 'Internal server error', 'InternalServerErrorException'],
  AUTHORIZER_CONFIGURATION_ERROR: [500, 'Internal server error', 'AuthorizerConfigurationException'],
  AUTHORIZER_FAILURE: [500, 'Internal server error', 'AuthorizerConfigurationException'],
  INTEGRATION_FAILURE: [504, 'Internal server error', 'InternalServerErrorException'],
  INTEGRATION_TIMEOUT: [504, 'Endpoint request timed out', 'InternalServerErrorException'],
  MISSING_AUTHENTICATION_TOKEN: [403, 'Missing Authentication Token', 'MissingAuthenticationTokenException'],
  REQUEST_TOO_LARGE: [413, 'Request Too Long', 'RequestTooLongException'],
  THROTTLED: [429, 'Too Many Requests', 'TooManyRequestsException'],
  UNAUTHORIZED: [401, 'Unauthorized', 'UnauthorizedException'],
  DEFAULT_4XX: [400, 'Bad Request', 'BadRequestException'],
  DEFAULT_5XX: [500, 'Internal server error', 'InternalServerErrorException'],
} as const satisfies Record<string, readonly [number, string, string]>;

export type ResponseType = keyof typeof RESPONSE_TYPES;

/** Thrown where the gateway refuses or fails; rendered once, by the template's gateway responses. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError' as const;
  readonly responseType: ResponseType;
  readonly statusCode: number;
  readonly errorName: string;
  /** Reaches the templates as `$context.authorizer.*`. */
  readonly authorizer: Readonly<Record<string, string>>;

  constructor(
    responseType: ResponseType,
    options: { statusCode?: number; message?: string; authorizer?: Readonly<Record<string, string>> } = {},
  ) {
    const [statusCode, message, errorName] = RESPONSE_TYPES[responseType];
    super(options.message ?? message);
    this.responseType = responseType;
    this.statusCode = options.statusCode ?? statusCode;
    this.errorName = errorName;
    this.authorizer = options.authorizer ?? {};
  }
}
