/** What `execute` gives: the promise of a call. */
import type { Scope } from './scope.ts'

/** What a reaction to the operation's promise gives: the outcome if it is known, else a promise of it. */
export function outcome(root: Scope): unknown {
  if (root.promise !== undefined || root.ok === undefined) return later(root)
  if (root.ok) return root.value
  throw root.value
}

/** The promise of a call that has its outcome. */
export function known(root: Scope): Promise<unknown> | undefined {
  // A promise that a rejection has reached must be the one the caller gets.
  if (root.promise !== undefined || root.ok === undefined) return root.promise
  return root.ok ? Promise.resolve(root.value) : rejectSoon(root.value)
}

/** Who settles a call's promise. */
interface Settler {
  resolve: ((value: unknown) => void) | undefined
  reject: ((error: unknown) => void) | undefined
}

let waiting: Settler | undefined

/** The executor of every call's promise: one function for all, as it runs before `new Promise` returns. */
function keep(resolve: (value: unknown) => void, reject: (error: unknown) => void): void {
  const settler = waiting as Settler
  settler.resolve = resolve
  settler.reject = reject
}

/** The promise of a call that has not: the same one each time. */
export function later(root: Scope): Promise<unknown> {
  root.promise ??= promiseFor(root)
  return root.promise
}

export function promiseFor(settler: Settler): Promise<unknown> {
  waiting = settler
  const promise = new Promise(keep)
  // The call must not outlive its caller here.
  waiting = undefined
  return promise
}

/**
 * Has the engine find its way from the operation to the caller, for the stack of an error that is thrown after an `await`:
 * it follows a promise to what its reaction settles. `settled` is what the work's own reaction gives: the outcome, where the
 * call has it then and nothing else has settled its promise, for settling twice is dear; else `undecided`.
 */
export function lead(settled: Promise<unknown>, { resolve, reject }: Settler): void {
  settled.then(resolve, reject)
}

/** A promise that stays open. */
export function undecided(): Promise<unknown> {
  return new Promise(nothing)
}

function nothing(): void {}

const settled = Promise.resolve()

/**
 * Rejects a turn later, when the caller listens: a promise that is rejected before anybody does goes through the engine's
 * bookkeeping of unhandled rejections, which costs more than all the rest.
 */
export function rejectSoon(error: unknown): Promise<never> {
  return new Promise((_, reject) => {
    settled.then(() => reject(error))
  })
}
