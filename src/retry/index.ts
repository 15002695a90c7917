export {
  type Backoff,
  type BackoffContext,
  type BackoffFunction,
  type BackoffState,
  constant,
  delays,
  type ExponentialOptions,
  exponential,
  type Jitter,
  type LinearOptions,
  linear,
} from '../core/backoff.ts'
export {
  type BeforeContext,
  type GiveUpEvent,
  type Retry,
  type RetryEvent,
  type RetryEvents,
  type RetryOptions,
  retry,
} from './retry.ts'
export type { GiveUpReason } from './run.ts'
