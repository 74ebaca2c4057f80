import type { StageInput } from '../stage-config.ts';

export const prod: StageInput = {
  name: 'prod',
  logRetentionDays: 90,
  api: { throttle: { rate: 500, burst: 1000 } },
};
