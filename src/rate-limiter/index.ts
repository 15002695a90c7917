export type { RateLimitState } from '../core/errors.ts'
export type { RateLimiterEvents, RateRejectEvent, RateWaitEvent } from './events.ts'
export type { RateLimitAlgorithm, RateLimiterOptions, RateLimiterRate, WarmUpOptions } from './options.ts'
export {
  type RateLimiter,
  type RateLimiterSnapshot,
  type RateLimitFeedback,
  rateLimiter,
} from './rate-limiter.ts'
