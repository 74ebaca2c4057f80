import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertLogAccess } from '../../../local/iam/assert-log-access.ts';
import type { PolicyStatement } from '../../../local/template/stack-model.ts';
import { ACCOUNT_ID, REGION, stackFixture } from '../../support/stack-fixture.ts';

const group = (name: string): string => `arn:aws:logs:${REGION}:${ACCOUNT_ID}:log-group:${name}`;
const OWN_LOG = `${group('/aws/lambda/Browse')}:*`;
const WRITE = ['logs:CreateLogStream', 'logs:PutLogEvents'];

const statement = (
  Action: string | string[],
  Resource: string,
  Effect: 'Allow' | 'Deny' = 'Allow',
): PolicyStatement => ({
  Effect,
  Action,
  Resource,
});

const sufficient: readonly [what: string, statements: PolicyStatement[]][] = [
  ['its own log group', [statement(WRITE, OWN_LOG)]],
  ['every log group', [statement('logs:*', '*')]],
  ['its own log group in two statements', [statement(WRITE[0] ?? '', OWN_LOG), statement(WRITE[1] ?? '', OWN_LOG)]],
];

for (const [what, statements] of sufficient) {
  test(`a function that may write ${what} has a log`, () => {
    assert.doesNotThrow(() => assertLogAccess(stackFixture({ Browse: statements })));
  });
}

const insufficient: readonly [what: string, statements: PolicyStatement[], action: string][] = [
  ['nothing', [], 'logs:CreateLogStream'],
  ['streams but no events', [statement('logs:CreateLogStream', OWN_LOG)], 'logs:PutLogEvents'],
  ['the log of another', [statement(WRITE, `${group('/aws/lambda/Manage')}:*`)], 'logs:CreateLogStream'],
  ['the group but not its streams', [statement(WRITE, group('/aws/lambda/Browse'))], 'logs:CreateLogStream'],
  ['what is denied too', [statement(WRITE, OWN_LOG), statement('logs:Put*', '*', 'Deny')], 'logs:PutLogEvents'],
];

for (const [what, statements, action] of insufficient) {
  test(`a function that may write ${what} is named with the action and the log group`, () => {
    assert.throws(
      () => assertLogAccess(stackFixture({ Browse: statements })),
      new RegExp(`Browse: role BrowseRole does not allow ${action} on log group /aws/lambda/Browse`),
    );
  });
}
