import { relative } from 'node:path';
import { styleText } from 'node:util';

export interface Welcome {
  readonly url: string;
  /** Of the tenant "demo", for an hour. */
  readonly token: string;
  /** What the sign-in page asks for. */
  readonly signInCode: string;
  readonly dataDirectory: string;
  /** Whether the tools of the server "playwright" can be used. */
  readonly hasBrowser: boolean;
}

/** What to try first, with the token in `$TOKEN` and the reference server of the MCP project on its usual port. */
export function nextCommands(url: string): readonly string[] {
  const authorization = '-H "Authorization: Bearer $TOKEN"';
  const server = `'{"slug":"everything","url":"http://127.0.0.1:3001/mcp"}'`;
  return [
    `curl ${url}/v1/health`,
    `curl ${url}/v1/servers ${authorization} -H 'Content-Type: application/json' -d ${server}`,
    `curl ${url}/v1/tools ${authorization}`,
  ];
}

const BROWSER = 'The browser tools, such as playwright_screenshot, are ready.';
const NO_BROWSER =
  'No Chromium was found, so the browser tools need credentials; install it, or name one with CHROMIUM_PATH.';

/** The first words to a person who started the hub. */
export function welcome({ url, token, signInCode, dataDirectory, hasBrowser }: Welcome): string {
  const bold = (text: string) => styleText('bold', text);
  const dim = (text: string) => styleText('dim', text);
  return `
${bold(`Nexus Hub is at ${url}`)}   ${dim(`data in ${displayPath(dataDirectory)}, Ctrl-C stops`)}

A token of the tenant "demo" for one hour ${dim('(others: npm run -s token -- --help)')}

  export TOKEN=${token}

Applications that sign in with OAuth open a page that asks for the sign-in code ${bold(signInCode)}

${hasBrowser ? BROWSER : NO_BROWSER}

Try, in another terminal ${dim('(a server to register: npx mcp-server-everything streamableHttp)')}:

${nextCommands(url)
  .map((command) => `  ${command}`)
  .join('\n')}
`;
}

function displayPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short === '' || short.startsWith('..') ? path : short;
}
