import assert from 'node:assert/strict';
import { it } from 'node:test';
import { namedAttributes } from '../../../local/iam/named-attributes.ts';

it('an update names the attributes of its key and of all its expressions, by their top level', () => {
  const names = namedAttributes({
    Key: { pk: { S: 'a' }, sk: { S: 'b' } },
    UpdateExpression:
      'SET durations.#tool = :duration, expiresAt = if_not_exists(expiresAt, :expiresAt) REMOVE #old[0].x',
    ConditionExpression: 'attribute_not_exists(serverId) OR (serverId <> :serverId AND NOT begins_with(#n, :data))',
    ExpressionAttributeNames: { '#tool': 'set', '#old': 'was', '#n': 'name' },
    ExpressionAttributeValues: { ':duration': { N: '1' } },
  });

  assert.deepEqual(names.toSorted(), ['durations', 'expiresAt', 'name', 'pk', 'serverId', 'sk', 'was']);
});

it('a put names every attribute of its item', () => {
  assert.deepEqual(namedAttributes({ Item: { pk: { S: 'a' }, data: { S: 'b' } } }), ['pk', 'data']);
});

it('an update by the parameters before expressions names its attributes, too', () => {
  const names = namedAttributes({ Key: { pk: { S: 'a' } }, AttributeUpdates: { data: {} }, Expected: { version: {} } });

  assert.deepEqual(names, ['pk', 'data', 'version']);
});
