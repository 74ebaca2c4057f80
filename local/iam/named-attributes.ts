import * as z from 'zod';

const request = z.object({
  Key: z.record(z.string(), z.unknown()).default({}),
  Item: z.record(z.string(), z.unknown()).default({}),
  /** The parameters that expressions replaced name attributes as members. */
  AttributeUpdates: z.record(z.string(), z.unknown()).default({}),
  Expected: z.record(z.string(), z.unknown()).default({}),
  AttributesToGet: z.array(z.string()).default([]),
  UpdateExpression: z.string().default(''),
  ConditionExpression: z.string().default(''),
  ProjectionExpression: z.string().default(''),
  FilterExpression: z.string().default(''),
  KeyConditionExpression: z.string().default(''),
  ExpressionAttributeNames: z.record(z.string(), z.string()).default({}),
});

/** Words of expressions that are no attribute, in lower case. */
const WORDS: ReadonlySet<string> = new Set([
  ...['set', 'remove', 'add', 'delete', 'and', 'or', 'not', 'in', 'between'],
  ...['if_not_exists', 'list_append', 'attribute_exists', 'attribute_not_exists', 'attribute_type'],
  ...['begins_with', 'contains', 'size'],
]);

/**
 * `dynamodb:Attributes`: the top-level attributes that a request names, in its key, its item or an expression.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
export function namedAttributes(body: unknown): readonly string[] {
  const {
    Key,
    Item,
    AttributeUpdates,
    Expected,
    AttributesToGet,
    ExpressionAttributeNames: names,
    ...expressions
  } = request.parse(body);
  const members = [Key, Item, AttributeUpdates, Expected].flatMap(Object.keys);
  const paths = Object.values(expressions).flatMap((expression) => pathsIn(expression));
  const topLevel = paths.map((path) => path.split(/[.[]/, 1)[0] ?? '').map((name) => names[name] ?? name);
  return [...new Set([...members, ...AttributesToGet, ...topLevel])];
}

/** A path is a name with what follows it after dots and brackets; what begins with a colon is a value. */
function pathsIn(expression: string): string[] {
  const tokens = expression.match(/[:#]?[A-Za-z_][\w-]*(?:\.#?[A-Za-z_][\w-]*|\[\d+\])*/g) ?? [];
  return tokens.filter((token) => !token.startsWith(':') && !WORDS.has(token.toLowerCase()));
}
