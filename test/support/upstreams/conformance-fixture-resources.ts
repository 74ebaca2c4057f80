import { type McpServer, ResourceTemplate } from '@modelcontextprotocol/server';
import { PNG } from './conformance-fixture-content.ts';

/** Texts, bytes, and a template. */
export function offerResources(server: McpServer): void {
  const texts = {
    'test://static-text': 'This is the content of the static text resource.',
    'test://watched-resource': 'This is the content of the watched resource.',
  };
  for (const [uri, text] of Object.entries(texts)) {
    const mimeType = 'text/plain';
    server.registerResource(uri.slice('test://'.length), uri, { description: 'A fixed text', mimeType }, () => ({
      contents: [{ uri, mimeType, text }],
    }));
  }

  const picture = { description: 'A fixed picture', mimeType: 'image/png' };
  server.registerResource('static-binary', 'test://static-binary', picture, ({ href: uri }) => ({
    contents: [{ uri, mimeType: 'image/png', blob: PNG }],
  }));

  const template = new ResourceTemplate('test://template/{id}/data', { list: undefined });
  const data = { description: 'Data of an id', mimeType: 'application/json' };
  server.registerResource('template', template, data, ({ href: uri }, { id }) => ({
    contents: [
      {
        uri,
        mimeType: 'application/json',
        text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${String(id)}` }),
      },
    ],
  }));
}
