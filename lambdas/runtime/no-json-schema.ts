/**
 * Replaces, in the bundles, the three modules with which zod writes JSON Schema. zod attaches them to every schema (22 KB);
 * the functions only parse, and the hub passes JSON Schema on as servers wrote it. Whoever asks for it is told.
 */
export const toJSONSchema = refuse;
export const JSONSchemaGenerator = refuse;
/** zod prepares these with each schema and calls them when JSON Schema is asked for. */
export const createToJSONSchemaMethod = () => refuse;
export const createStandardJSONSchemaMethod = () => refuse;

function refuse(): never {
  throw new Error('JSON Schema output is left out of the bundles; see lib/bundle-functions.ts');
}
