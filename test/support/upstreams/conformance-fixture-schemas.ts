import { fromJsonSchema, type McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { textResult } from './conformance-fixture-content.ts';

/** Uses what JSON Schema 2020-12 has and its predecessors have not, or what a careless hub would drop. */
const FULL_VOCABULARY = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
};

/** Tools whose input schemas are what is tested. */
export function offerSchemas(server: McpServer): void {
  const full = fromJsonSchema(FULL_VOCABULARY);
  server.registerTool(
    'json_schema_2020_12_tool',
    { description: 'Tool with JSON Schema 2020-12 features', inputSchema: full },
    (args) => textResult(`called with ${JSON.stringify(args)}`),
  );

  const mirrored = z.object({ region: z.string().meta({ 'x-mcp-header': 'Region' }), query: z.string().optional() });
  server.registerTool(
    'test_x_mcp_header',
    { description: 'Its region travels in a header too', inputSchema: mirrored },
    ({ region }) => textResult(`region ${region}`),
  );
}
