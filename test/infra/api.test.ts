import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { z } from 'zod';
import { METADATA_PATH, ROUTES } from '../../lambdas/contract.ts';
import { resourcesOf, synthesized } from './synthesized.ts';

const reference = z.object({ Ref: z.string() });
const resourceShape = z.object({
  PathPart: z.string(),
  ParentId: z.union([reference, z.object({ 'Fn::GetAtt': z.array(z.string()) })]),
});
const methodShape = z.object({
  HttpMethod: z.string(),
  ResourceId: reference,
  AuthorizationType: z.string(),
  AuthorizerId: reference.optional(),
  Integration: z.object({
    Type: z.string(),
    Uri: z.unknown().optional(),
    TimeoutInMillis: z.number().optional(),
    ResponseTransferMode: z.string().optional(),
    IntegrationResponses: z
      .array(z.object({ StatusCode: z.string(), ResponseParameters: z.record(z.string(), z.string()).optional() }))
      .optional(),
  }),
});

function methodsOf(template: Template) {
  const parts = new Map(
    resourcesOf(template, 'AWS::ApiGateway::Resource').map((resource) => [
      resource.logicalId,
      resourceShape.parse(resource.Properties),
    ]),
  );
  const pathOf = (logicalId: string): string => {
    const part = parts.get(logicalId);
    if (part === undefined) return '';
    return `${'Ref' in part.ParentId ? pathOf(part.ParentId.Ref) : ''}/${part.PathPart}`;
  };
  const methods = resourcesOf(template, 'AWS::ApiGateway::Method').map(({ Properties }) =>
    methodShape.parse(Properties),
  );
  return new Map(methods.map((method) => [`${method.HttpMethod} ${pathOf(method.ResourceId.Ref)}`, method]));
}

const { template } = synthesized({ stage: 'dev' });
const REFUSED = ['GET /mcp', 'DELETE /mcp', 'GET /servers/{slug}/mcp', 'DELETE /servers/{slug}/mcp'];
const METADATA_PREFLIGHTS = ROUTES.filter(({ path }) => path.startsWith(METADATA_PATH)).map(
  ({ path }) => `OPTIONS ${path}`,
);

describe('the API', () => {
  const methods = methodsOf(template);

  it('has the routes of the contract and no other', () => {
    const routes = ROUTES.map(({ method, path }) => `${method} ${path}`);

    assert.deepEqual([...methods.keys()].sort(), [...routes, ...REFUSED, ...METADATA_PREFLIGHTS].sort());
  });

  for (const refused of REFUSED) {
    it(`${refused} is refused with what is allowed, by nobody's function`, () => {
      const { AuthorizationType, Integration } = methods.get(refused) ?? assert.fail();

      assert.deepEqual([AuthorizationType, Integration.Type], ['NONE', 'MOCK']);
      assert.equal(Integration.IntegrationResponses?.[0]?.StatusCode, '405');
      assert.equal(
        Integration.IntegrationResponses?.[0]?.ResponseParameters?.['method.response.header.Allow'],
        "'POST'",
      );
    });
  }

  for (const preflight of METADATA_PREFLIGHTS) {
    it(`${preflight} lets every page ask`, () => {
      const { Integration } = methods.get(preflight) ?? assert.fail();

      assert.equal(
        Integration.IntegrationResponses?.[0]?.ResponseParameters?.[
          'method.response.header.Access-Control-Allow-Origin'
        ],
        "'*'",
      );
    });
  }

  it('streams what speaks MCP, for at most 15 minutes, and nothing else', () => {
    for (const { method, path, handledBy } of ROUTES) {
      const { ResponseTransferMode: mode, TimeoutInMillis: limit } =
        methods.get(`${method} ${path}`)?.Integration ?? {};
      assert.deepEqual([mode, limit], handledBy === 'mcp' ? ['STREAM', 900_000] : [undefined, 29_000], path);
    }
  });

  for (const { method, path, scope, handledBy } of ROUTES) {
    const route = methods.get(`${method} ${path}`);

    it(`${method} ${path} ${scope === 'open' ? 'is open' : 'asks the authorizer'}`, () => {
      assert.equal(route?.AuthorizationType, scope === 'open' ? 'NONE' : 'CUSTOM');
      assert.equal(route?.AuthorizerId?.Ref.startsWith('ApiAuthorizer'), scope === 'open' ? undefined : true);
    });

    it(`${method} ${path} is answered by ${handledBy}`, () => {
      const capitalized = `${handledBy.charAt(0).toUpperCase()}${handledBy.slice(1)}`;

      assert.equal(route?.Integration.Type, 'AWS_PROXY');
      assert.match(
        JSON.stringify(route?.Integration.Uri),
        new RegExp(`"Fn::GetAtt":\\["${capitalized}[0-9A-F]{8}","Arn"\\]`),
      );
    });
  }

  it('remembers an authorization for at most a minute, by the whole Authorization header', () => {
    template.hasResourceProperties('AWS::ApiGateway::Authorizer', {
      Type: 'REQUEST',
      IdentitySource: 'method.request.header.Authorization',
      AuthorizerResultTtlInSeconds: 60,
    });
  });

  it('is Regional and speaks TLS 1.2 or newer', () => {
    template.hasResourceProperties('AWS::ApiGateway::RestApi', {
      EndpointConfiguration: { Types: ['REGIONAL'] },
      SecurityPolicy: 'SecurityPolicy_TLS13_1_2_PQ_2025_09',
      EndpointAccessMode: 'STRICT',
    });
  });

  it('throttles, and logs every request as JSON without its headers', () => {
    template.hasResourceProperties('AWS::ApiGateway::Stage', {
      MethodSettings: [
        Match.objectLike({ ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100, DataTraceEnabled: false }),
      ],
      AccessLogSetting: {
        Format: Match.serializedJson(Match.objectLike({ tenantId: '$context.authorizer.tenantId' })),
      },
    });
    const [stage] = resourcesOf(template, 'AWS::ApiGateway::Stage');
    assert.doesNotMatch(JSON.stringify(stage?.Properties['AccessLogSetting']), /header|querystring|authorization/i);
  });
});

/** A text with what CloudFormation fills in as `{name}`. */
const text = z.union([
  z.string(),
  z
    .object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.union([z.string(), reference]))]) })
    .transform(({ 'Fn::Join': [, parts] }) =>
      parts.map((part) => (typeof part === 'string' ? part : `{${part.Ref.replace(/[0-9A-F]{8}$/, '')}}`)).join(''),
    ),
]);
const responseShape = z.object({
  ResponseType: z.string(),
  StatusCode: z.string().optional(),
  ResponseParameters: z.record(z.string(), text),
  ResponseTemplates: z.object({ 'application/json': z.string().transform((body): unknown => JSON.parse(body)) }),
});

function gatewayResponsesOf(of: Template) {
  return new Map(
    resourcesOf(of, 'AWS::ApiGateway::GatewayResponse')
      .map(({ Properties }) => responseShape.parse(Properties))
      .map((response) => [response.ResponseType, response]),
  );
}

describe("an answer of API Gateway's own", () => {
  const responses = gatewayResponsesOf(template);
  const header = (type: string, name: string) =>
    responses.get(type)?.ResponseParameters[`gatewayresponse.header.${name}`];
  const metadata = (hub: string) => `resource_metadata="${hub}/.well-known/oauth-protected-resource"`;
  const executeApi = 'https://{Api}.execute-api.{AWS::Region}.{AWS::URLSuffix}/dev';
  const scopes = 'scope="nexus-hub/tools:read nexus-hub/tools:call"';

  it('is problem details with a code and the id of the request', () => {
    for (const { ResponseType, ResponseTemplates, StatusCode } of responses.values()) {
      const body = z
        .object({ type: z.literal('about:blank'), code: z.string(), requestId: z.literal('$context.requestId') })
        .loose()
        .parse(ResponseTemplates['application/json']);

      assert.equal(header(ResponseType, 'Content-Type'), "'application/problem+json'");
      assert.equal(body['status'], StatusCode === undefined ? undefined : Number(StatusCode), ResponseType);
    }
  });

  it('to a request without a valid token is 401 and says where to get one, and for which scopes', () => {
    assert.equal(responses.get('UNAUTHORIZED')?.StatusCode, '401');
    assert.equal(header('UNAUTHORIZED', 'WWW-Authenticate'), `'Bearer ${scopes}, ${metadata(executeApi)}'`);
  });

  it('names the address that the stage is known by', () => {
    const named = synthesized({ stage: 'dev', publicUrl: 'https://hub.example.com' }).template;
    const { ResponseParameters } = gatewayResponsesOf(named).get('UNAUTHORIZED') ?? assert.fail();

    assert.equal(
      ResponseParameters['gatewayresponse.header.WWW-Authenticate'],
      `'Bearer ${scopes}, ${metadata('https://hub.example.com')}'`,
    );
  });

  it('to a token without the scope is 403 and says which ones are needed', () => {
    assert.equal(responses.get('ACCESS_DENIED')?.StatusCode, '403');
    assert.equal(
      header('ACCESS_DENIED', 'WWW-Authenticate'),
      `'Bearer error="insufficient_scope", ${scopes}, ${metadata(executeApi)}'`,
    );
  });

  it('to an unknown route is 404, whether it carries a token or not', () => {
    assert.equal(responses.get('MISSING_AUTHENTICATION_TOKEN')?.StatusCode, '404');
    assert.equal(responses.get('INVALID_SIGNATURE')?.StatusCode, '404');
  });

  it('to a request that takes too long has a code of its own', () => {
    const codes = [...responses].flatMap(([type, { ResponseTemplates }]) => {
      const { code } = z.object({ code: z.string() }).parse(ResponseTemplates['application/json']);
      return code === 'timeout' ? [type] : [];
    });

    assert.deepEqual(codes, ['INTEGRATION_TIMEOUT']);
    assert.equal(responses.get('INTEGRATION_TIMEOUT')?.StatusCode, '504');
  });

  it('carries no CORS header unless an origin is configured', () => {
    assert.equal(header('DEFAULT_4XX', 'Access-Control-Allow-Origin'), undefined);
  });
});

describe('a configured origin', () => {
  const origin = 'https://console.example.com';
  const withOrigin = synthesized({ stage: 'dev', corsOrigin: origin }).template;

  it('gets a preflight answer on every path, without the authorizer', () => {
    const methods = methodsOf(withOrigin);
    for (const { path } of ROUTES) {
      const preflight = methods.get(`OPTIONS ${path}`);
      assert.deepEqual([preflight?.AuthorizationType, preflight?.Integration.Type], ['NONE', 'MOCK'], path);
    }
  });

  it("may read API Gateway's refusals", () => {
    for (const { Properties } of resourcesOf(withOrigin, 'AWS::ApiGateway::GatewayResponse')) {
      assert.match(
        JSON.stringify(Properties),
        /"gatewayresponse.header.Access-Control-Allow-Origin":"'https:\/\/console/,
      );
    }
  });
});
