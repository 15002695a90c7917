/**
 * The promise that `execute` gives.
 *
 * It has one of three forms. If only the operation can settle the call, it is the promise of one `.then` on the operation's own
 * promise. If a layer takes over, that `.then` continues with a promise of the call. If a timer, a queue or a signal may settle
 * the call, the promise of the call is made at the start.
 */
import type { ScopeState } from './scope.ts'

let constructing: ScopeState | undefined

/** The executor of every call's promise: one function for all, as it runs before `new Promise` returns. */
function keep(resolve: (value: unknown) => void, reject: (error: unknown) => void): void {
  const root = constructing as ScopeState
  root.resolve = resolve
  root.reject = reject
}

/** The promise of a call that has no outcome yet: the same one each time. */
export function promiseOfCall(root: ScopeState): Promise<unknown> {
  if (root.promise !== undefined) return root.promise
  constructing = root
  root.promise = new Promise(keep)
  // Otherwise this variable would keep the call in memory.
  constructing = undefined
  return root.promise
}

/** The promise of a call, settled already if the outcome is known. */
export function resultOf(root: ScopeState): Promise<unknown> {
  // A promise that a rejection has reached must be the one the caller gets.
  if (root.promise !== undefined || root.ok === undefined) return promiseOfCall(root)
  return root.ok ? Promise.resolve(root.value) : rejectSoon(root.value)
}

/** The result of a reaction to the operation's promise: the outcome if it is known, otherwise the promise of the call. */
export function outcomeOf(root: ScopeState): unknown {
  if (root.promise !== undefined || root.ok === undefined) return promiseOfCall(root)
  if (root.ok) return root.value
  throw root.value
}

/** The call whose work settles in the reaction that runs now. */
let led: ScopeState | undefined

/** Settles the promise of a call that has its outcome, unless the running reaction will do that. */
export function settlePromise(root: ScopeState): void {
  if (root === led) return
  if (root.ok) root.resolve?.(root.value)
  else root.reject?.(root.value)
}

/** A scope whose operation runs. */
interface Working {
  readonly root: ScopeState
  /** The operation has settled. */
  settleWork(ok: boolean, value: unknown): void
}

/**
 * Follows the operation's promise where the call has a promise of its own.
 *
 * The engine finds its way from the operation to the caller, for the stack of an error that is thrown after an `await`: it
 * follows a promise to the promise that its reaction settles. So if the call ends by its work, that reaction settles the promise
 * of the call. Otherwise the reaction's own promise stays pending.
 */
export function lead(scope: Working, promise: Promise<unknown>): void {
  const { root } = scope
  if (root.promise === undefined) promiseOfCall(root)
  promise
    .then(
      (value) => leading(scope, scope.root, true, value),
      (error) => leading(scope, scope.root, false, error),
    )
    .then(root.resolve, root.reject)
}

/** The same where another call waits for the work. */
export function leadFor(root: ScopeState, scope: Working, promise: Promise<unknown>): void {
  if (root.promise === undefined) promiseOfCall(root)
  promise
    .then(
      (value) => leading(scope, root, true, value),
      (error) => leading(scope, root, false, error),
    )
    .then(root.resolve, root.reject)
}

function leading(scope: Working, root: ScopeState, ok: boolean, value: unknown): unknown {
  if (root.ok !== undefined) {
    scope.settleWork(ok, value)
    return never
  }
  led = root
  scope.settleWork(ok, value)
  led = undefined
  if (root.ok === undefined) return never
  if (root.ok) return root.value
  throw root.value
}

function nothing(): void {}

/** A promise resolved with this stays pending, and is garbage-collected with its holder. */
const never = {}
Reflect.set(never, 'then', nothing)

const settledPromise = Promise.resolve()

/**
 * Rejects a turn later, when the caller has attached a reaction. A promise that is rejected before that goes through the
 * engine's bookkeeping of unhandled rejections, which costs more than the rest of the call.
 */
export function rejectSoon(error: unknown): Promise<never> {
  return new Promise((_, reject) => {
    settledPromise.then(() => reject(error))
  })
}

const nativeThen = Promise.prototype.then

/** `value` as a promise that settles once and later, or undefined where it is not a thenable. */
export function promiseOf(value: unknown): Promise<unknown> | undefined {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return undefined
  try {
    const { then } = value as { then?: unknown }
    // Only a promise with the engine's own `then` is sure to call back once and later.
    if (then === nativeThen && value instanceof Promise && value.constructor === Promise) return value
    if (typeof then !== 'function') return undefined
  } catch (error) {
    return Promise.reject(error)
  }
  return new Promise((resolve) => resolve(value))
}
