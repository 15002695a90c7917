/**
 * The call that code runs under, by the runtime's async contexts: `runWithCall`, `currentCall` and `detached`.
 *
 * The first `runWithCall` makes the store, and shows the pipelines that inherit how. Background work of this library runs in no call:
 * see `outside` in `core/context.ts`.
 */
import { type Call, type CallOptions, noOptions, readCallOptions } from '../core/call/call.ts'
import type { CallOwner } from '../core/call/call-owner.ts'
import { type ClockInstant, exactDeadline } from '../core/call/deadline.ts'
import { type Inherit, type InheritingCall, inheritBy } from '../core/call/inheritance.ts'
import type { Clock } from '../core/clock.ts'
import { type ContextStore, contextStore } from '../core/context.ts'
import { type Duration, milliseconds } from '../core/duration.ts'
import { DeadlineError } from '../core/errors.ts'
import { type Check, functionOf, integer, isRecord, optional, refuseOption, resolveOptions } from '../core/options.ts'
import { policyChecks } from '../core/policy-checks.ts'
import { ContextCall, type CurrentCall, limitOf } from './context-call.ts'

/** What `runWithCall` takes. */
export interface ContextOptions {
  /** When the result is no longer of use: a duration from now, or a `Date`. A later one than that around it has no effect. */
  readonly deadline?: Duration | Date | undefined
  /** Higher goes first. A higher one than that around it has no effect. */
  readonly priority?: number | undefined
  readonly key?: string | undefined
  /** How many retries led to this call. A lower one than that around it has no effect. */
  readonly retryDepth?: number | undefined
  /** What the deadline is measured by. Default: the machine's clock. */
  readonly clock?: Clock | undefined
}

const deadline: Check<Duration | Date> = (value, fail) => {
  const ms = value instanceof Date ? value.getTime() : milliseconds(value)
  if (Number.isNaN(ms)) return fail('a duration or a valid Date')
  return typeof value === 'number' && value >= 1e12 && value !== Number.POSITIVE_INFINITY
    ? fail('a duration from now or, for an instant, a Date')
    : (value as Duration | Date)
}

const priority: Check<number> = (value, fail) => (Number.isFinite(value) ? (value as number) : fail('a finite number'))

const key: Check<string> = (value, fail) => (typeof value === 'string' ? value : fail('a string'))

const checks = {
  deadline: optional(deadline, undefined),
  priority: optional(priority, undefined),
  key: optional(key, undefined),
  retryDepth: optional(integer(0), undefined),
  clock: policyChecks.clock,
}

type CallStore = ContextStore<ContextCall | undefined>

let store: CallStore | undefined

/**
 * Runs `fn` under a call: pipelines made with `inherit: true` inherit from it, and `currentCall()` gives it, in all that `fn` does
 * and awaits. Within another `runWithCall` the deadline and the priority can only be lowered.
 *
 * ```ts
 * import { currentCall, runWithCall } from 'holdfast/context'
 * runWithCall({ deadline: '2s', key: 'tenant-7' }, () => currentCall()?.key) // => 'tenant-7'
 * ```
 *
 * @param options What the call has, or a `Call` of an operation.
 * @returns What `fn` returns.
 * @throws DeadlineError if no time is left: `fn` does not run.
 * @throws TypeError if an option is wrong, or the runtime has no async contexts.
 */
export function runWithCall<Result>(options: ContextOptions, fn: () => Result): Result {
  const resolved = resolveOptions('runWithCall', named(options), checks)
  functionOf<typeof fn>()(fn, (expected) => refuseOption('runWithCall', 'fn', expected, fn))
  const calls = opened()
  const own = new ContextCall(limitOf(isPlain(options) ? resolved : options, resolved.clock), resolved)
  const call = own.inside(calls.getStore())
  if (call.remaining <= 0) throw new DeadlineError('runWithCall: the deadline has passed', 'runWithCall')
  return calls.run(call, fn)
}

/** The call that this code runs under; undefined outside of any. */
export function currentCall(): CurrentCall | undefined {
  return store?.getStore()
}

/** Runs `fn`, and all that it starts, under no call: for work that outlives the call which started it. */
export function detached<Result>(fn: () => Result): Result {
  return store === undefined ? fn() : store.run(undefined, fn)
}

/** A call has more fields than options have, and its priority is 0 also where none was given. */
function named(options: ContextOptions): unknown {
  if (!isRecord(options) || options instanceof Promise || isPlain(options)) return options
  const { priority, key, retryDepth } = options as ContextOptions
  return { priority: priority === 0 && !(options instanceof ContextCall) ? undefined : priority, key, retryDepth }
}

function isPlain(options: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(options)
  return prototype === Object.prototype || prototype === null
}

function opened(): CallStore {
  if (store !== undefined) return store
  const opening = contextStore<ContextCall>()
  if (opening === undefined) throw new TypeError('runWithCall: this runtime has no AsyncLocalStorage')
  inheritBy((operation, options, owner) => inherited(opening, operation, options, owner))
  store = opening
  return opening
}

/** A call of a pipeline that inherits from the call around it. Its operation runs under that call, so that deadlines go on lowering. */
function inherited(calls: CallStore, ...[operation, options, owner]: Parameters<Inherit>): InheritingCall | undefined {
  const outer = calls.getStore()
  if (outer === undefined || typeof operation !== 'function') return undefined
  let own: CallOptions
  try {
    own = options === undefined ? noOptions : readCallOptions(options)
  } catch {
    // The pipeline refuses them, in its own way.
    return undefined
  }
  const limit = options === undefined ? undefined : ownLimit(options, own, owner)
  const call = new ContextCall(limit, own).inside(outer)
  const { priority, key, retryDepth } = call
  return {
    options: { ...own, priority, key, retryDepth, deadline: call.limit === undefined ? undefined : call.remaining },
    operation: (given: Call) => {
      const under = new ContextCall(limitOf(given), { priority, key: given.key, retryDepth: given.retryDepth })
      return calls.run(under.inside(call), () => operation(given as never))
    },
  }
}

/** The clock is read only where there is a deadline, because that fixes which clock the pipeline has. */
function ownLimit(options: CallOptions, own: CallOptions, owner: CallOwner): ClockInstant | undefined {
  return exactDeadline(options) ?? (own.deadline === undefined ? undefined : limitOf(own, owner.clock))
}
