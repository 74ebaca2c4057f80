/**
 * Replaces the MCP SDK's internal `_shims` module in the bundles. The original brings a private copy of a JSON Schema
 * compiler (150 KB); the hub forwards arguments and results without interpreting them, so that copy would never run.
 */
import process from 'node:process';

export const CORS_IS_POSSIBLE = false;
export { process };

/** Accepts everything: validation is the upstream's and the caller's business. */
export class DefaultJsonSchemaValidator {
  getValidator(): (value: unknown) => { valid: true; data: unknown; errorMessage: undefined } {
    return (value) => ({ valid: true, data: value, errorMessage: undefined });
  }
}
