/**
 * The errors of this library. A rejection says "your code did not run"; a `TimeoutError` says it ran.
 *
 * Identity is a literal `code` and a brand under a registered symbol, so it survives duplicate copies and minifiers.
 * Rejections are made without a stack: capturing one costs more than the whole call, and it would only show this library.
 */
import type { Milliseconds } from './duration.ts'

/** The literal codes, one an error class. */
export type ErrorCode =
  | 'HF_CIRCUIT_OPEN'
  | 'HF_BULKHEAD_FULL'
  | 'HF_RATE_LIMITED'
  | 'HF_LIMIT_REACHED'
  | 'HF_THROTTLED'
  | 'HF_DEADLINE'
  | 'HF_NO_MEMBER'
  | 'HF_TIMEOUT'
  | 'HF_FAILOVER'
  | 'HF_CHAOS'

const brand = Symbol.for('holdfast.error')

/** The base of this library's errors. */
export class HoldfastError extends Error {
  /** Which error it is. */
  declare readonly code: ErrorCode
  /** The name of the policy that made it. */
  readonly policy: string

  constructor(message: string, policy: string, options?: ErrorOptions) {
    super(message, options)
    this.policy = policy
  }
}

/** Options of an error that says why. */
type Reasoned<Reason> = ErrorOptions & { readonly reason?: Reason }

/** Your code did not run: a policy refused the call. */
export class RejectedError extends HoldfastError {
  /** Milliseconds until another try makes sense, where that is known. */
  readonly retryAfter: Milliseconds | undefined

  constructor(message: string, policy: string, retryAfter?: Milliseconds, options?: ErrorOptions) {
    super(message, policy, options)
    this.retryAfter = retryAfter
  }
}

/** The state a breaker refused in: half-open, its probes were under way. */
export type CircuitOpenReason = 'open' | 'half-open' | 'isolated'

/** A circuit breaker is open, isolated, or half-open with its probes under way. */
export class CircuitOpenError extends RejectedError {
  declare readonly code: 'HF_CIRCUIT_OPEN'
  readonly reason: CircuitOpenReason

  constructor(message: string, policy: string, retryAfter?: Milliseconds, options?: Reasoned<CircuitOpenReason>) {
    super(message, policy, retryAfter, options)
    this.reason = options?.reason ?? 'open'
  }
}

/** Why a bulkhead refused: it was full, the wait was longer than `maxWait`, or it would have ended after the deadline. */
export type BulkheadReason = 'full' | 'maxWait' | 'deadline'

/** A bulkhead and its queue are full, or the wait in the queue was too long. */
export class BulkheadFullError extends RejectedError {
  declare readonly code: 'HF_BULKHEAD_FULL'
  readonly reason: BulkheadReason

  constructor(message: string, policy: string, retryAfter?: Milliseconds, options?: Reasoned<BulkheadReason>) {
    super(message, policy, retryAfter, options)
    this.reason = options?.reason ?? 'full'
  }
}

/** What a rate limiter had left when it refused. */
export interface RateLimitState {
  /** Permits in each period. */
  readonly limit: number
  /** Permits that could be taken then. */
  readonly remaining: number
  /** Milliseconds until all permits are back, if nothing more is taken. */
  readonly reset: Milliseconds
}

/** A rate limiter has no permit left, or the wait for one would be too long. */
export class RateLimitedError extends RejectedError {
  declare readonly code: 'HF_RATE_LIMITED'
  readonly limit: number | undefined
  readonly remaining: number | undefined
  readonly reset: Milliseconds | undefined

  constructor(
    message: string,
    policy: string,
    retryAfter?: Milliseconds,
    options?: ErrorOptions & Partial<RateLimitState>,
  ) {
    super(message, policy, retryAfter, options)
    this.limit = options?.limit
    this.remaining = options?.remaining
    this.reset = options?.reset
  }
}

/**
 * Why an adaptive limiter refused: it was at its limit without a queue, the queue was full, the wait was longer than `maxWait` or than its
 * control of delays allows, it would have ended after the deadline, the call was less important than others, or `overload` asked for it.
 */
export type LimitReachedReason = 'limit' | 'queue' | 'maxWait' | 'codel' | 'deadline' | 'priority' | 'overload'

/** An adaptive limiter is at its limit, or sheds load. */
export class LimitReachedError extends RejectedError {
  declare readonly code: 'HF_LIMIT_REACHED'
  readonly reason: LimitReachedReason

  constructor(message: string, policy: string, retryAfter?: Milliseconds, options?: Reasoned<LimitReachedReason>) {
    super(message, policy, retryAfter, options)
    this.reason = options?.reason ?? 'limit'
  }
}

/** The dependency refuses calls, so a throttle did not send this one. */
export class ThrottledError extends RejectedError {
  declare readonly code: 'HF_THROTTLED'
}

/** Too little time is left before the deadline, so the work did not begin. */
export class DeadlineError extends RejectedError {
  declare readonly code: 'HF_DEADLINE'
}

/** A failover pool has no member that may be tried, or the guards of all members tried refused: nothing ran. */
export class NoMemberError extends RejectedError {
  declare readonly code: 'HF_NO_MEMBER'
  /** What the members tried refused with, in the order of the tries; empty where none might be tried. */
  readonly errors: readonly unknown[]
  /** Their names, in step with `errors`. */
  readonly members: readonly string[]

  constructor(message: string, policy: string, retryAfter?: Milliseconds, options?: ErrorOptions & Refusals) {
    super(message, policy, retryAfter, options)
    this.errors = options?.errors ?? []
    this.members = options?.members ?? []
  }
}

/** The members that refused, and with what. */
interface Refusals {
  readonly errors?: readonly unknown[]
  readonly members?: readonly string[]
}

/** The work took longer than `after` milliseconds; it ran, and may still be running. */
export class TimeoutError extends HoldfastError {
  declare readonly code: 'HF_TIMEOUT'
  readonly after: Milliseconds

  constructor(policy: string, after: Milliseconds, options?: ErrorOptions) {
    super(`${policy}: timed out after ${after} ms`, policy, options)
    this.after = after
  }
}

/** A fault that `chaos` injected in place of the work. It plays a failure of the dependency, so it is no rejection. */
export class ChaosError extends HoldfastError {
  declare readonly code: 'HF_CHAOS'

  constructor(policy: string, options?: ErrorOptions) {
    super(`${policy}: injected fault`, policy, options)
  }
}

/** Several members of a pool were tried, and all failed: one error a member, in the order of the tries. */
export class FailoverError extends AggregateError {
  declare readonly code: 'HF_FAILOVER'
  readonly policy: string
  /** Names of the members tried, in step with `errors`. */
  readonly members: readonly string[]

  constructor(policy: string, members: readonly string[], errors: readonly unknown[]) {
    super(errors, `${policy}: all members tried failed (${listed(members)})`)
    this.policy = policy
    this.members = members
  }
}

/** How many names a message shows. */
const shown = 10

/** Names in a message, the first ones of many. */
export function listed(names: readonly string[]): string {
  const more = names.length - shown
  return more > 0 ? `${names.slice(0, shown).join(', ')} and ${more} more` : names.join(', ')
}

type Constructor = abstract new (...args: never[]) => Error

function define(ErrorClass: Constructor, name: string, code?: ErrorCode): void {
  Object.defineProperties(ErrorClass.prototype, {
    name: { value: name, configurable: true, writable: true },
    ...(code === undefined ? {} : { code: { value: code, enumerable: true } }),
  })
}

define(HoldfastError, 'HoldfastError')
define(RejectedError, 'RejectedError')
define(CircuitOpenError, 'CircuitOpenError', 'HF_CIRCUIT_OPEN')
define(BulkheadFullError, 'BulkheadFullError', 'HF_BULKHEAD_FULL')
define(RateLimitedError, 'RateLimitedError', 'HF_RATE_LIMITED')
define(LimitReachedError, 'LimitReachedError', 'HF_LIMIT_REACHED')
define(ThrottledError, 'ThrottledError', 'HF_THROTTLED')
define(DeadlineError, 'DeadlineError', 'HF_DEADLINE')
define(NoMemberError, 'NoMemberError', 'HF_NO_MEMBER')
define(TimeoutError, 'TimeoutError', 'HF_TIMEOUT')
define(FailoverError, 'FailoverError', 'HF_FAILOVER')
define(ChaosError, 'ChaosError', 'HF_CHAOS')
Object.defineProperty(HoldfastError.prototype, brand, { value: 'error' })
Object.defineProperty(FailoverError.prototype, brand, { value: 'error' })
Object.defineProperty(RejectedError.prototype, brand, { value: 'rejected' })
// Errors made without a stack still show a name and a message where a stack is printed.
Object.defineProperty(RejectedError.prototype, 'stack', {
  configurable: true,
  get(this: RejectedError) {
    return `${this.name}: ${this.message}`
  },
  set(this: RejectedError, value: unknown) {
    Object.defineProperty(this, 'stack', { value, configurable: true, writable: true })
  },
})

type Stackless<Rejected extends RejectedError> = new (
  message: string,
  policy: string,
  retryAfter: Milliseconds | undefined,
  ...details: Rejected extends { readonly reason: infer Reason }
    ? [Reason]
    : Rejected extends RateLimitedError
      ? [RateLimitState?]
      : []
) => Rejected

/** A way to make `RejectedClass` cheaply: same prototype, but `Error` never runs, so no stack is captured. */
export function stackless<Rejected extends RejectedError>(RejectedClass: {
  readonly prototype: Rejected
}): Stackless<Rejected> {
  function Stackless(
    this: Record<string, unknown>,
    message: string,
    policy: string,
    retryAfter: unknown,
    details: unknown,
  ) {
    this.message = message
    this.policy = policy
    this.retryAfter = retryAfter
    if (typeof details === 'object') Object.assign(this, details)
    else if (details !== undefined) this.reason = details
  }
  Stackless.prototype = RejectedClass.prototype
  return Stackless as unknown as Stackless<Rejected>
}

function branding(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return undefined
  try {
    return (error as { [brand]?: unknown })[brand]
  } catch {
    return undefined
  }
}

/** Any error of this library; `code` says which. */
export type AnyHoldfastError =
  | CircuitOpenError
  | BulkheadFullError
  | RateLimitedError
  | LimitReachedError
  | ThrottledError
  | DeadlineError
  | NoMemberError
  | TimeoutError
  | FailoverError
  | ChaosError

/** Whether `error` is one of this library's, made by this copy of it or another. Its `code` then says which. */
export function isHoldfastError(error: unknown): error is AnyHoldfastError {
  return branding(error) !== undefined
}

/** Whether `error` says that the operation did not run. */
export function isRejection(error: unknown): error is RejectedError {
  return branding(error) === 'rejected'
}
