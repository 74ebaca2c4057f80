import type { TestContext } from 'node:test';
import { listen } from '../../local/api/http-listener.ts';
import { createRestApi } from '../../local/api/rest-api.ts';
import { createIssuer } from '../../local/issuer/issuer.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const NO_API = { apiId: 'abc', stageName: 'local', routes: [], gatewayResponses: [], binaryMediaTypes: [] };

/** The local issuer alone, without a hub. Two with the same data and port, one after the other, are one restarted. */
export async function startIssuer(t: TestContext, { dataDirectory = temporaryDirectory(t), port = 0 } = {}) {
  const listener = await listen(port);
  t.after(() => listener.close());
  const publicUrl = listener.url;
  const issuer = await createIssuer({ publicUrl, dataDirectory });
  const stack = { accountId: '000000000000', region: 'us-east-1', api: { ...NO_API, throttle: undefined } };
  listener.serve(createRestApi({ stack, functions: new Map(), extraHandlers: issuer.handlers }));
  return { issuer, publicUrl, dataDirectory, stop: () => listener.close() };
}
