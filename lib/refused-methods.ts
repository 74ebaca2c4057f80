import { type Method, MockIntegration, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { ROUTES } from '../lambdas/contract.ts';

/** Methods of MCP revisions with sessions: to open a stream of the server's own, and to end a session. */
const SESSION_METHODS = ['GET', 'DELETE'];
const STATUS = '405';

/**
 * API Gateway's own answer to the methods that an MCP endpoint without sessions has not. Clients rely on its status (MCP
 * 2026-07-28, Streamable HTTP): any other reads as a broken server.
 */
export function refuseOtherMethods(api: RestApi, corsHeaders: Readonly<Record<string, string>>): Method[] {
  const headers = Object.entries({ Allow: 'POST', ...corsHeaders }).map(
    ([name, value]) => [`method.response.header.${name}`, `'${value}'`] as const,
  );
  const integration = new MockIntegration({
    requestTemplates: { 'application/json': `{"statusCode":${STATUS}}` },
    integrationResponses: [{ statusCode: STATUS, responseParameters: Object.fromEntries(headers) }],
  });
  const responseParameters = Object.fromEntries(headers.map(([name]) => [name, true]));
  const paths = ROUTES.filter(({ handledBy }) => handledBy === 'mcp').map(({ path }) => path);
  return paths.flatMap((path) =>
    SESSION_METHODS.map((method) =>
      api.root
        .resourceForPath(path)
        .addMethod(method, integration, { methodResponses: [{ statusCode: STATUS, responseParameters }] }),
    ),
  );
}
