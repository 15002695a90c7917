export type { LimitReachedReason } from '../core/errors.ts'
export { type AdaptiveLimiter, adaptiveLimiter } from './adaptive-limiter.ts'
export type { LimitAlgorithm, LimiterWindow } from './algorithms/limit-algorithm.ts'
export type {
  AdaptiveLimiterEvents,
  LimitChangeEvent,
  LimitDequeueEvent,
  LimitEnqueueEvent,
  LimitProbeEvent,
  LimitRejectEvent,
} from './events.ts'
export type { AdaptiveLimiterOptions, LimiterWindowOptions } from './options.ts'
export type { QueueOrder } from './queue/call-queue.ts'
export type { AdaptiveLimiterPartition, AdaptiveLimiterSnapshot } from './snapshot.ts'
