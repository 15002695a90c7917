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
export type { GiveUpEvent, RetryEvent, RetryEvents } from './events.ts'
export type { BeforeContext, RetryOptions } from './options.ts'
export { type Retry, retry } from './retry.ts'
export type { GiveUpReason } from './run.ts'
