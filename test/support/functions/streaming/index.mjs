import { setTimeout as wait } from 'node:timers/promises';

/* global awslambda */
export const handler = awslambda.streamifyResponse(async (event, stream) => {
  await actions[event.queryStringParameters?.action ?? event.action](stream);
});

const prelude = { statusCode: 201, headers: { 'content-type': 'text/event-stream' } };

const actions = {
  twoParts: async (stream) => {
    const response = awslambda.HttpResponseStream.from(stream, prelude);
    response.write('data: 1\n\n');
    await wait(20);
    response.write('data: 2\n\n');
    response.end();
  },
  emptyBody: (stream) => {
    const response = awslambda.HttpResponseStream.from(stream, { statusCode: 202, headers: {} });
    response.write('');
    response.end();
  },
  neverWritten: (stream) => {
    awslambda.HttpResponseStream.from(stream, prelude).end();
  },
  chunkAtEnd: (stream) => {
    const response = awslambda.HttpResponseStream.from(stream, prelude);
    response.write('kept');
    response.end('lost');
  },
  noPrelude: (stream) => {
    stream.write('just bytes');
    stream.end();
  },
  breakHalfway: (stream) => {
    awslambda.HttpResponseStream.from(stream, prelude).write('half');
    throw new Error('broken halfway');
  },
  untilGone: async (stream) => {
    const response = awslambda.HttpResponseStream.from(stream, prelude);
    response.write('open\n');
    await new Promise((resolve) => response.once('close', resolve));
    process.stdout.write('the consumer has gone\n');
  },
  muchData: async (stream) => {
    const response = awslambda.HttpResponseStream.from(stream, prelude);
    for (let part = 0; part < 64; part += 1) {
      if (!response.write(Buffer.alloc(16 * 1024, 'x'))) {
        process.stdout.write('waiting for the consumer\n');
        await new Promise((resolve) => response.once('drain', resolve));
      }
    }
    response.end();
  },
};
