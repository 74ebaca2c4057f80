/** Condition keys of one request in lower case, as IAM compares them; a key without a value is absent. */
export type RequestContext = ReadonlyMap<string, readonly string[]>;

export function requestContext(
  values: Readonly<Record<string, string | readonly string[] | undefined>>,
): RequestContext {
  return new Map(
    Object.entries(values).flatMap(([key, value]): [string, readonly string[]][] => {
      const list = typeof value === 'string' ? [value] : (value ?? []);
      return list.length === 0 ? [] : [[key.toLowerCase(), list]];
    }),
  );
}

/** Whether absence of the key in a context is knowledge: nothing else may be conditioned on. */
export const isSuppliedKey = (key: string): boolean =>
  SUPPLIED.has(key.toLowerCase()) || key.toLowerCase().startsWith('kms:encryptioncontext:');

const SUPPLIED: ReadonlySet<string> = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principaltype',
  'aws:requestedregion',
  'aws:resourceaccount',
  'aws:securetransport',
  'aws:viaawsservice',
  'dynamodb:attributes',
  'dynamodb:enclosingoperation',
  'dynamodb:leadingkeys',
  'dynamodb:returnvalues',
  'dynamodb:select',
  'kms:calleraccount',
  'kms:encryptionalgorithm',
  'kms:encryptioncontextkeys',
  'kms:viaservice',
  's3:delimiter',
  's3:max-keys',
  's3:prefix',
  's3:tlsversion',
]);
