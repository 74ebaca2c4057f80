import type { StageInput } from '../stage-config.ts';

/** The stage that `npm start` runs on one machine. */
export const local: StageInput = {
  name: 'local',
  logRetentionDays: 1,
  data: { retain: false },
  identity: { kind: 'local' },
  api: { corsOrigin: '*', throttle: { rate: 1000, burst: 1000 } },
  limits: { tenantCallsPerMinute: 60_000, tenantJobsPerMinute: 60_000 },
  egress: { allowLoopback: true },
};
