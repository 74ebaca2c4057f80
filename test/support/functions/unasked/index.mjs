/** A function that queues and schedules invoke: it does what each message says and tells what it got. */
export const handler = async (event) => {
  if (event.Records === undefined) {
    tell({ scheduled: event });
    if (event.hang === true) await new Promise((resolve) => setTimeout(resolve, 60_000));
    if (event.fail === true) throw new Error('failed as asked');
    return;
  }
  const bodies = event.Records.map(({ body }) => body);
  tell({ bodies, first: event.Records[0], queueUrl: process.env.QUEUE_URL });
  if (bodies.includes('exit')) process.exit(1);
  const failed = event.Records.filter(({ body }) => body === 'fail');
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
};

const tell = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
