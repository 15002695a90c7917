export * from './adaptive-limiter/index.ts'
export * from './availability/index.ts'
export * from './bulkhead/index.ts'
export * from './cache/index.ts'
export * from './chaos/index.ts'
export * from './circuit-breaker/index.ts'
export * from './context/index.ts'
export type { Call, CallChanges, CallOptions } from './core/call/call.ts'
export type { Clock } from './core/clock.ts'
export type { Contribution, Description, PolicyRole, WaitsBetween } from './core/description.ts'
export type { Duration, Milliseconds } from './core/duration.ts'
export {
  type AnyHoldfastError,
  BulkheadFullError,
  ChaosError,
  CircuitOpenError,
  DeadlineError,
  type ErrorCode,
  FailoverError,
  HoldfastError,
  isHoldfastError,
  LimitReachedError,
  NoMemberError,
  RateLimitedError,
  RejectedError,
  ThrottledError,
  TimeoutError,
} from './core/errors.ts'
export type { BaseEvents, CallEvent, EventBase, FaultEvent, Listener } from './core/events.ts'
export type { Outcome, Verdict, When } from './core/outcome.ts'
export type { AnyPolicy, Policy, PolicyOptions } from './core/policy.ts'
export type { Random } from './core/random.ts'
export * from './deadline-budget/index.ts'
export * from './failover/index.ts'
export * from './fallback/index.ts'
export * from './fleet/index.ts'
export * from './hedge/index.ts'
export * from './keyed/index.ts'
export * from './objectives/index.ts'
export * from './pipeline/index.ts'
export * from './rate-limiter/index.ts'
export * from './reliability/index.ts'
export * from './retry/index.ts'
export * from './retry-budget/index.ts'
export * from './single-flight/index.ts'
export * from './standard/index.ts'
export * from './throttle/index.ts'
export * from './timeout/index.ts'
export * from './user-uptime/index.ts'
