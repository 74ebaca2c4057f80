let count = 0;

/** Does what the event's `action` says, so that tests can drive an execution environment. */
export const handler = async (event, context) => {
  count += 1;
  return await actions[event.action](event, context);
};

const actions = {
  echo: (event) => event,
  nothing: () => undefined,
  identify: () => ({ pid: process.pid, count }),
  environment: () => process.env,
  context: (_event, context) => ({ ...context, remainingMs: context.getRemainingTimeInMillis() }),
  wait: async ({ ms }) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return { pid: process.pid };
  },
  spin: () => {
    for (;;);
  },
  fail: () => {
    throw new RangeError('out of range');
  },
  exit: () => process.exit(3),
  log: () => {
    process.stdout.write('to stdout\n');
    process.stderr.write('to stderr\n');
  },
  large: ({ bytes }) => 'x'.repeat(bytes),
  // Answers as an API Gateway proxy integration would have it.
  respond: ({ response }) => response,
};
