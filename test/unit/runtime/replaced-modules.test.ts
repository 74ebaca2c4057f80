import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS,
  resolveEndpointDiscoveryConfig,
} from '../../../lambdas/runtime/no-endpoint-discovery.ts';
import { eventStreamSerdeProvider, resolveEventStreamSerdeConfig } from '../../../lambdas/runtime/no-event-streams.ts';
import * as noJsonSchema from '../../../lambdas/runtime/no-json-schema.ts';

describe('what is left out of the bundles', () => {
  it('JSON Schema output fails with a reason when it is asked for, and not when a schema is made', () => {
    const reason = /left out of the bundles/;

    assert.throws(() => noJsonSchema.toJSONSchema(), reason);
    assert.throws(() => noJsonSchema.JSONSchemaGenerator(), reason);
    assert.throws(noJsonSchema.createToJSONSchemaMethod(), reason);
    assert.throws(noJsonSchema.createStandardJSONSchemaMethod(), reason);
  });

  it('event streams fail with a reason when they are used, and a client can be made without them', () => {
    const config = { region: 'eu-central-1' };

    assert.equal(resolveEventStreamSerdeConfig(config), config);
    assert.throws(eventStreamSerdeProvider, /left out of the bundles/);
  });

  it('endpoint discovery is off whatever the environment says', () => {
    const config = { region: 'eu-central-1' };

    assert.equal(resolveEndpointDiscoveryConfig(config), config);
    assert.equal(NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS.environmentVariableSelector(), undefined);
    assert.equal(NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS.configFileSelector(), undefined);
  });
});
