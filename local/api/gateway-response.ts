import type { GatewayResponseModel } from '../template/stack-model.ts';
import type { Answer } from './answer.ts';
import type { GatewayError } from './gateway-error.ts';

/** The parts of `$context` that a gateway response may mention, beside the error itself. */
export interface GatewayContext {
  readonly requestId: string;
  readonly extendedRequestId: string;
  readonly httpMethod: string;
  readonly path: string;
  readonly stage: string;
}

const DEFAULT_TEMPLATES = { 'application/json': '{"message":$context.error.messageString}' };

/** Renders an answer of the gateway with the template's gateway responses, else as AWS does by default. */
export function renderGatewayResponse(
  models: readonly GatewayResponseModel[],
  error: GatewayError,
  context: GatewayContext,
): Answer {
  const model = findModel(models, error);
  const { requestId, extendedRequestId, httpMethod, path, stage } = context;
  const variables = flatten({
    requestId,
    extendedRequestId,
    httpMethod,
    path,
    stage,
    authorizer: error.authorizer,
    error: describe(error),
  });
  const templates = Object.keys(model?.templates ?? {}).length > 0 ? model?.templates : DEFAULT_TEMPLATES;
  const [contentType, template] = Object.entries(templates ?? {})[0] ?? ['application/json', ''];
  return {
    statusCode: model?.statusCode ?? error.statusCode,
    headers: override(
      [
        ['Content-Type', contentType],
        ['x-amzn-ErrorType', error.errorName],
      ],
      Object.entries(model?.headers ?? {}),
    ),
    body: substitute(template, variables),
  };
}

/** The type's own response counts whole; only a type without one falls back to the default of its class. */
function findModel(models: readonly GatewayResponseModel[], error: GatewayError): GatewayResponseModel | undefined {
  const byDefault = error.statusCode < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX';
  return (
    models.find(({ responseType }) => responseType === error.responseType) ??
    models.find(({ responseType }) => responseType === byDefault)
  );
}

function override(headers: [string, string][], replacements: [string, string][]): [string, string][] {
  const replaced = new Set(replacements.map(([name]) => name.toLowerCase()));
  return [...headers.filter(([name]) => !replaced.has(name.toLowerCase())), ...replacements];
}

function describe({ message, responseType }: GatewayError): Record<string, string> {
  return { message, messageString: JSON.stringify(message), responseType };
}

/** Not VTL: gateway responses know variables only, and an unknown one is empty. */
function substitute(template: string, variables: ReadonlyMap<string, string>): string {
  return template.replaceAll(
    /\$context\.([A-Za-z0-9_]+(?:\.[A-Za-z0-9_-]+)*)/g,
    (_match, name: string) => variables.get(name) ?? '',
  );
}

function flatten(values: Readonly<Record<string, string | Readonly<Record<string, string>>>>): Map<string, string> {
  return new Map(
    Object.entries(values).flatMap(([name, value]) =>
      typeof value === 'string'
        ? [[name, value] as const]
        : Object.entries(value).map(([key, text]) => [`${name}.${key}`, text] as const),
    ),
  );
}
