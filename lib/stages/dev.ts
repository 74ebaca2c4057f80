import type { StageInput } from '../stage-config.ts';

/** A stage to try things in: deleting the stack deletes its data. */
export const dev: StageInput = {
  name: 'dev',
  logRetentionDays: 14,
  data: { retain: false },
};
