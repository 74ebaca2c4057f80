import * as z from 'zod';

/** What can be asked of a running hub from outside. */
export const commandSchema = z.discriminatedUnion('command', [
  z.strictObject({ command: z.literal('schedules') }),
  z.strictObject({ command: z.literal('fire'), name: z.string() }),
  z.strictObject({ command: z.literal('queues') }),
  z.strictObject({ command: z.literal('show'), name: z.string(), limit: z.int().min(1).max(1_000) }),
  z.strictObject({ command: z.literal('redrive'), name: z.string() }),
]);
export type ControlCommand = z.infer<typeof commandSchema>;

const schedule = z.object({
  logicalId: z.string(),
  expression: z.string(),
  enabled: z.boolean(),
  /** ISO 8601; absent for a schedule that is disabled or over. */
  next: z.string().optional(),
});
const queue = z.object({
  logicalId: z.string(),
  visible: z.int(),
  inFlight: z.int(),
  delayed: z.int(),
  isDeadLetterQueue: z.boolean(),
});
const message = z.object({
  messageId: z.string(),
  sentAt: z.string(),
  receiveCount: z.int(),
  /** Logical id of the queue that a dead message comes from. */
  source: z.string().optional(),
  body: z.string(),
});

/** What a hub answers. */
export const answerSchemas = {
  schedules: z.object({ schedules: z.array(schedule) }),
  fire: z.object({ fired: z.string() }),
  queues: z.object({ queues: z.array(queue) }),
  show: z.object({ queue: z.string(), messages: z.array(message) }),
  redrive: z.object({ queue: z.string(), moved: z.int() }),
};
export type ControlAnswer<C extends ControlCommand['command']> = z.infer<(typeof answerSchemas)[C]>;

/** Where a running hub can be asked, and the secret that it wants: a private file of the data directory. */
export const CONTROL_FILE = 'control.json';
export const doorSchema = z.strictObject({ url: z.url(), secret: z.string() });
