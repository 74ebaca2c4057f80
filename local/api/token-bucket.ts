import type { ThrottleModel } from '../template/stack-model.ts';

/** Whether one more request is let through now. */
export type TakeToken = () => boolean;

/** API Gateway's throttle: `burst` tokens at most, of which every request takes one and `rate` come back a second. */
export function createTokenBucket({ rate, burst }: ThrottleModel, clock: { now(): number } = performance): TakeToken {
  let tokens = burst;
  let filledAt = clock.now();
  return () => {
    const now = clock.now();
    tokens = Math.min(burst, tokens + ((now - filledAt) / 1000) * rate);
    filledAt = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
