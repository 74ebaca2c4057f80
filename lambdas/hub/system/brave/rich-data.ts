import { isJsonObject, type JsonObject } from '../../json.ts';
import { text } from '../parameter-kinds.ts';
import { braveTool } from './brave-tool.ts';
import { sections } from './entries.ts';

export const RICH_DATA = braveTool({
  name: 'rich_data',
  title: 'Get rich data',
  description:
    'Answers the weather, stocks, currencies, results of sports and the like that a web_search with ' +
    'enable_rich_callback told of.',
  path: '/res/v1/web/rich',
  parameters: {
    callback_key: text({ minLength: 1, description: 'The key, as web_search answered it.' }),
  },
  required: ['callback_key'],
  alsoByPost: false,
  metadata: {
    category: 'data',
    tags: ['read-only', 'open-world', 'weather', 'stocks'],
    priority: 50,
    estimatedDurationMs: 1_500,
  },
  presentText,
});

/** Each kind of data has a form of its own, so that the text is the data. */
function presentText({ results }: JsonObject): string {
  if (!Array.isArray(results)) return sections();
  return sections(...results.filter(isJsonObject).map((result) => JSON.stringify(result)));
}
