import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProtocolError, SdkError, SdkErrorCode, SdkHttpError, SseError } from '@modelcontextprotocol/client';
import { EgressError, type EgressErrorCode } from '../../../lambdas/adapters/egress/egress-error.ts';
import { FloodError, UnansweredError } from '../../../lambdas/adapters/upstreams/mcp/answering-transport.ts';
import {
  type Circumstances,
  classifyUpstreamError,
} from '../../../lambdas/adapters/upstreams/mcp/classify-upstream-error.ts';
import { TooDeepError } from '../../../lambdas/adapters/upstreams/mcp/raw-result.ts';
import { HttpRefusal } from '../../../lambdas/adapters/upstreams/mcp/wire.ts';
import { HubError } from '../../../lambdas/hub/hub-error.ts';

const NOW = Date.UTC(2026, 0, 1);
const UNKNOWN = { outcome: 'unknown' };

function circumstances(settings: Partial<Circumstances> = {}): Circumstances {
  const deadline = { at: NOW + 1000, signal: new AbortController().signal };
  return { wireFailure: undefined, deadline, now: NOW, calling: true, modern: true, secrets: [], ...settings };
}

function classify(error: unknown, settings: Partial<Circumstances> = {}) {
  const { code, details, retryAfterSeconds } = classifyUpstreamError(error, circumstances(settings));
  return { code, details, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
}

const refusal = (status: number, headers: Record<string, string> = {}) =>
  new HttpRefusal(new Response(null, { status, headers }));
const httpError = (status: number, text: string) =>
  new SdkHttpError(SdkErrorCode.ClientHttpNotImplemented, `Error POSTing to endpoint: ${text}`, { status, text });
/** As APIs of Google answer. */
const apiError = (reason: string) => JSON.stringify({ error: { code: 400, message: 'no', details: [{ reason }] } });

const ADDRESSES: readonly EgressErrorCode[] = [
  'TOO_LONG',
  'BAD_CHARS',
  'UNPARSEABLE',
  'SCHEME',
  'USERINFO',
  'FRAGMENT',
  'HOST',
  'IP_LITERAL',
  'IP_NOT_PUBLIC',
  'PORT',
  'OWN_ORIGIN',
  'CROSS_ORIGIN',
  'DNS_NOT_PUBLIC',
  'PEER_NOT_PUBLIC',
];

describe('a failed call', () => {
  for (const code of ADDRESSES) {
    it(`an address refused with ${code} is refused like every other`, () => {
      const error = classifyUpstreamError(new EgressError(code), circumstances());

      assert.equal(error.code, 'address_refused');
      assert.equal(error.message, 'the hub does not connect to this address; register a public https address');
      assert.deepEqual(error.details, {});
    });
  }

  for (const code of ['DNS_FAILED', 'CONNECT_FAILED', 'CONNECT_TIMEOUT', 'TLS_FAILED'] as const) {
    it(`with ${code} nothing was sent, so nothing happened`, () => {
      assert.deepEqual(classify(new EgressError(code)), { code: 'upstream_unreachable', details: {} });
    });
  }

  const table: readonly (readonly [string, unknown, object])[] = [
    ['a lost connection', new EgressError('CONNECTION_LOST'), { code: 'upstream_error', details: UNKNOWN }],
    [
      'too large a response',
      new EgressError('RESPONSE_TOO_LARGE'),
      { code: 'upstream_response_too_large', details: UNKNOWN },
    ],
    ['too deep a result', new TooDeepError(), { code: 'upstream_response_too_large', details: UNKNOWN }],
    ['a flood of messages', new FloodError(), { code: 'upstream_response_too_large', details: UNKNOWN }],
    ['no http', new EgressError('RESPONSE_MALFORMED'), { code: 'upstream_not_mcp', details: UNKNOWN }],
    ['a redirect that was refused', new EgressError('REDIRECT'), { code: 'upstream_redirected', details: {} }],
    ['a redirect without a target', refusal(304), { code: 'upstream_redirected', details: {} }],
    ['http 401', refusal(401), { code: 'upstream_unauthorized', details: {} }],
    ['http 403', refusal(403), { code: 'upstream_unauthorized', details: {} }],
    ['http 429', refusal(429), { code: 'upstream_rate_limited', details: {} }],
    [
      'http 429 with a delay',
      refusal(429, { 'retry-after': '90' }),
      { code: 'upstream_rate_limited', details: {}, retryAfterSeconds: 90 },
    ],
    ['http 503', refusal(503), { code: 'upstream_error', details: { httpStatus: 503, ...UNKNOWN } }],
    ['http 404', httpError(404, 'Not Found'), { code: 'upstream_not_mcp', details: {} }],
    ['http 405', httpError(405, ''), { code: 'upstream_not_mcp', details: {} }],
    [
      'http 400 for an api key',
      httpError(400, apiError('API_KEY_INVALID')),
      { code: 'upstream_unauthorized', details: {} },
    ],
    [
      'http 400 for something else',
      httpError(400, apiError('INVALID_TEXT')),
      { code: 'upstream_error', details: { jsonRpcCode: 400, jsonRpcMessage: 'no' } },
    ],
    ['http 422', httpError(422, 'no'), { code: 'upstream_error', details: { httpStatus: 422 } }],
    [
      'a json-rpc error in an http error',
      httpError(400, '{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"Bad session"}}'),
      { code: 'upstream_error', details: { jsonRpcCode: -32000, jsonRpcMessage: 'Bad session' } },
    ],
    [
      'a json-rpc error',
      new ProtocolError(-32602, 'Unknown\u0007 tool'),
      { code: 'upstream_error', details: { jsonRpcCode: -32602, jsonRpcMessage: 'Unknown  tool' } },
    ],
    [
      'an unexpected content type',
      new SdkError(SdkErrorCode.ClientHttpUnexpectedContent, 'Unexpected content type: text/html'),
      { code: 'upstream_not_mcp', details: UNKNOWN },
    ],
    [
      'an answer that is not json',
      new SyntaxError('Unexpected token <'),
      { code: 'upstream_not_mcp', details: UNKNOWN },
    ],
    ['an answer to another request', new UnansweredError(false), { code: 'upstream_not_mcp', details: UNKNOWN }],
    ['events without an answer', new UnansweredError(true), { code: 'upstream_error', details: UNKNOWN }],
    [
      'a broken event stream',
      new SseError(undefined, 'gone', new Event('x')),
      { code: 'upstream_error', details: UNKNOWN },
    ],
    ['a time limit', new SdkError(SdkErrorCode.RequestTimeout, 'late'), { code: 'upstream_timeout', details: UNKNOWN }],
  ];
  for (const [what, error, expected] of table) {
    it(`with ${what} is ${JSON.stringify(expected)}`, () => assert.deepEqual(classify(error), expected));
  }

  for (const [what, error] of [
    ['in a result', (code: number) => new ProtocolError(code, 'Region: mismatch', { supported: ['2099-01-01'] })],
    ['in an http error', (code: number) => httpError(400, JSON.stringify({ error: { code, message: 'mismatch' } }))],
  ] as const) {
    it(`a header mismatch of a modern server ${what} asks for a new definition`, () => {
      assert.deepEqual(classify(error(-32_020)), { code: 'definition_changed', details: {} });
    });

    it(`another revision of a modern server ${what} asks for a new discovery`, () => {
      const { code, message, details } = classifyUpstreamError(error(-32_022), circumstances());

      assert.deepEqual({ code, details }, { code: 'upstream_not_mcp', details: {} });
      assert.match(message, /synchronize the server$/);
    });

    it(`a missing capability ${what} is the caller's matter`, () => {
      assert.deepEqual(classify(error(-32_021)), {
        code: 'capability_required',
        details: { requiredCapabilities: {} },
      });
    });

    for (const code of [-32_020, -32_021, -32_022]) {
      it(`${code} of a legacy server ${what} is an error like any other`, () => {
        const { code: hubCode, details } = classify(error(code), { modern: false });

        assert.equal(hubCode, 'upstream_error');
        assert.equal(details['jsonRpcCode'], code);
      });
    }
  }

  it('what the wire saw first counts, not what the SDK made of it', () => {
    const wireFailure = new EgressError('RESPONSE_TOO_LARGE');

    const { code } = classify(new Error('SSE stream disconnected: Error'), { wireFailure });

    assert.equal(code, 'upstream_response_too_large');
  });

  it('a deadline that has passed explains everything', () => {
    const deadline = { at: NOW, signal: new AbortController().signal };

    assert.equal(classify(refusal(401), { deadline }).code, 'upstream_timeout');
  });

  it('an error of the hub passes unchanged', () => {
    const error = new HubError('credential_required', 'no');

    assert.equal(classifyUpstreamError(error, circumstances()), error);
  });

  it('the cause names the failure and quotes nothing', () => {
    const error = classifyUpstreamError(httpError(500, 'password=hunter2'), circumstances());

    assert.ok(error.cause instanceof Error);
    assert.equal(error.cause.message, 'SdkHttpError CLIENT_HTTP_NOT_IMPLEMENTED');
    assert.equal(error.cause.cause, undefined);
  });
});

describe('a failure before the call', () => {
  for (const code of ['CONNECTION_LOST', 'RESPONSE_MALFORMED', 'RESPONSE_TOO_LARGE'] as const) {
    it(`with ${code} has no outcome`, () => {
      assert.deepEqual(classify(new EgressError(code), { calling: false }).details, {});
    });
  }

  it('a connection that is lost means that the server is unreachable', () => {
    assert.equal(classify(new EgressError('CONNECTION_LOST'), { calling: false }).code, 'upstream_unreachable');
  });

  it('a probe fails with what is behind the failure of the probe', () => {
    const failed = new SdkError(SdkErrorCode.EraNegotiationFailed, 'probe', {}, { cause: new FloodError() });

    assert.equal(classify(failed, { calling: false }).code, 'upstream_response_too_large');
  });
});
