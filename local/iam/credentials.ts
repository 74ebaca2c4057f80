import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { FunctionModel } from '../template/stack-model.ts';

export interface FunctionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export interface SignedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

type Authentication =
  | { readonly caller: FunctionModel; readonly service: string }
  | { readonly errorType: string; readonly message: string };

export interface Credentials {
  of(functionName: string): FunctionCredentials;
  /** Which function signed the request (Signature Version 4), or AWS's error. */
  authenticate(request: SignedRequest): Promise<Authentication>;
}

const MAX_CLOCK_SKEW_MS = 5 * 60_000;

/** Credentials of every function, new with every start, as a Lambda environment's are. */
export function createCredentials(input: {
  readonly functions: readonly FunctionModel[];
  readonly region: string;
  readonly now: () => number;
}): Credentials {
  const issued = input.functions.map((caller) => ({ caller, credentials: newCredentials() }));

  return {
    of(functionName) {
      const owner = issued.find(({ caller }) => caller.functionName === functionName);
      if (owner === undefined) {
        throw new Error(`${functionName} is not a function of this stack`);
      }
      return owner.credentials;
    },
    async authenticate(request) {
      const claim = parseAuthorization(request.headers['authorization']);
      if (claim === undefined) {
        return refuse('MissingAuthenticationTokenException', 'Missing Authentication Token');
      }
      const owner = issued.find(({ credentials }) => credentials.accessKeyId === claim.accessKeyId);
      if (owner === undefined || request.headers['x-amz-security-token'] !== owner.credentials.sessionToken) {
        return refuse('UnrecognizedClientException', 'The security token included in the request is invalid.');
      }
      const signedAt = parseAmzDate(request.headers['x-amz-date']);
      if (!(Math.abs(input.now() - signedAt) <= MAX_CLOCK_SKEW_MS)) {
        return refuse('InvalidSignatureException', 'Signature expired: the request was not signed just now');
      }
      const expected = await signature(owner.credentials, input.region, claim, request, signedAt);
      return equal(expected, claim.signature)
        ? { caller: owner.caller, service: claim.service }
        : refuse(
            'InvalidSignatureException',
            'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
          );
    },
  };
}

const newCredentials = (): FunctionCredentials => ({
  accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
  secretAccessKey: randomBytes(30).toString('base64'),
  sessionToken: randomBytes(96).toString('base64'),
});

const refuse = (errorType: string, message: string): Authentication => ({ errorType, message });

interface Claim {
  readonly accessKeyId: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

function parseAuthorization(header: string | undefined): Claim | undefined {
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/[^/]+\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
  const [, accessKeyId, service, signedHeaders, signature] = pattern.exec(header ?? '') ?? [];
  return accessKeyId === undefined || service === undefined || signedHeaders === undefined || signature === undefined
    ? undefined
    : { accessKeyId, service, signedHeaders: signedHeaders.split(';'), signature };
}

/** `20260102T030405Z`; NaN for anything else. */
function parseAmzDate(text: string | undefined): number {
  return Date.parse((text ?? '').replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

/** Signs the same request anew: with the same credentials it comes out the same. */
async function signature(
  credentials: FunctionCredentials,
  region: string,
  { service, signedHeaders }: Claim,
  request: SignedRequest,
  signedAt: number,
): Promise<string> {
  // The hash header is not taken over: it is computed from the body that arrived, unless S3 was told not to.
  const unsigned = service === 's3' && request.headers['x-amz-content-sha256'] === 'UNSIGNED-PAYLOAD';
  const names = signedHeaders.filter((name) => unsigned || name !== 'x-amz-content-sha256');
  const signer = new SignatureV4({
    credentials,
    region,
    service,
    sha256: Sha256,
    applyChecksum: !unsigned && names.length < signedHeaders.length,
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html: S3 encodes once
    uriEscapePath: service !== 's3',
  });
  const [path = '/', query = ''] = request.path.split('?', 2);
  const signed = await signer.sign(
    {
      method: request.method,
      protocol: 'http:',
      hostname: '127.0.0.1',
      path,
      query: Object.fromEntries(new URLSearchParams(query)),
      headers: Object.fromEntries(names.map((name) => [name, request.headers[name] ?? ''])),
      body: request.body,
    },
    { signingDate: new Date(signedAt), signableHeaders: new Set(signedHeaders) },
  );
  return parseAuthorization(signed.headers['authorization'])?.signature ?? '';
}

const equal = (left: string, right: string): boolean =>
  left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));

type SourceData = string | ArrayBuffer | ArrayBufferView;

/** What the signer asks of a hash: SHA-256, or HMAC-SHA-256 when made with a secret. */
class Sha256 {
  readonly #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;

  constructor(secret?: SourceData) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytes(secret));
  }

  update(data: SourceData): void {
    this.#hash.update(bytes(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): never {
    throw new Error('the signer makes a new hash for every digest');
  }
}

function bytes(data: SourceData): Uint8Array {
  if (typeof data === 'string') {
    return Buffer.from(data, 'utf8');
  }
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
