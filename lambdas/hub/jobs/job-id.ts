import * as z from 'zod/mini';

const TIME_DIGITS = 12;
/** 128 of them: nobody guesses the job of another, whatever else he knows. */
const RANDOM_BYTES = 16;

/** Ids sort by the time of creation. */
export const jobIdSchema = z
  .string()
  .check(z.regex(/^[0-9a-f]{44}$/))
  .brand<'JobId'>();
export type JobId = z.infer<typeof jobIdSchema>;

export function createJobId(now: number, randomBytes: (size: number) => Uint8Array): JobId {
  const random = Buffer.from(randomBytes(RANDOM_BYTES)).toString('hex');
  return jobIdSchema.parse(Math.trunc(now).toString(16).padStart(TIME_DIGITS, '0') + random);
}
