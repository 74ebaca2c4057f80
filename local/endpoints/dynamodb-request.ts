import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import * as z from 'zod';

interface DynamoDbAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Speaks DynamoDB's JSON protocol to a local endpoint, whose data is open to whoever reaches it. */
export interface LocalDynamoDb {
  readonly endpoint: string;
  send(operation: string, body: string | Uint8Array): Promise<DynamoDbAnswer>;
  /** Parsed answer; throws on an error answer, with its type as `cause`. */
  call(operation: string, input: Readonly<Record<string, unknown>>): Promise<unknown>;
  close(): void;
}

export function createLocalDynamoDb(endpoint: string, region: string): LocalDynamoDb {
  const agent = new Agent({ keepAlive: true });

  const send = (operation: string, body: string | Uint8Array): Promise<DynamoDbAnswer> =>
    new Promise((resolve, reject) => {
      const outgoing = request(
        endpoint,
        { agent, method: 'POST', headers: headers(operation, region, body) },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', reject);
          incoming.on('end', () =>
            resolve({ status: incoming.statusCode ?? 500, headers: incoming.headers, body: Buffer.concat(chunks) }),
          );
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });

  return {
    endpoint,
    send,
    async call(operation, input) {
      const { status, body } = await send(operation, JSON.stringify(input));
      const answer: unknown = JSON.parse(body.toString('utf8'));
      if (status !== 200) {
        const { __type, message } = errorSchema.parse(answer);
        throw new Error(`${operation}: ${message}`, { cause: __type.slice(__type.indexOf('#') + 1) });
      }
      return answer;
    },
    close: () => agent.destroy(),
  };
}

const errorSchema = z.object({ __type: z.string(), message: z.string().default('') });

/** Local engines want a well-formed signature and do not verify it; one access key for all means one set of tables. */
function headers(operation: string, region: string, body: string | Uint8Array): Record<string, string | number> {
  const date = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  return {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(body),
    'x-amz-target': `DynamoDB_20120810.${operation}`,
    'x-amz-date': date,
    authorization:
      `AWS4-HMAC-SHA256 Credential=local/${date.slice(0, 8)}/${region}/dynamodb/aws4_request, ` +
      `SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
  };
}
