/**
 * A chain of layers, and the start of a call through it.
 *
 * Three shapes come out of one path. Where nothing can settle the call but the operation, the promise of one `.then` on
 * the operation's own promise is the result. Where a layer takes over, that `.then` goes on with a new promise. Where a
 * timer, a queue or the caller's signal may settle it, a promise is made at the start.
 */
import { type CallOptions, readCallOptions } from './call.ts'
import type { Caller } from './caller.ts'
import { onAbort } from './callers-signal.ts'
import { abandon, complete, enter, follow, settleWork, topOf } from './drive.ts'
import { limitAt } from './limit.ts'
import { show } from './options.ts'
import { type Layer, type Links, type Operation, Scope } from './scope.ts'
import { Story } from './story.ts'

/** Layers linked once, at construction. */
export class Chain implements Links {
  readonly layers: readonly Layer[]
  readonly cancels: boolean
  /** Something else than the operation may settle a call. */
  readonly #detaches: boolean

  constructor(layers: readonly Layer[]) {
    this.layers = layers
    this.cancels = layers.some((layer) => layer.traits.cancels)
    this.#detaches = layers.some((layer) => layer.traits.detaches)
  }

  run(caller: Caller, operation: Operation, options: CallOptions | undefined): Promise<unknown> {
    if (typeof operation !== 'function') {
      return rejectSoon(new TypeError(`execute: operation must be a function, got ${show(operation)}`))
    }
    const root = new Scope(this, undefined, caller, operation, 0)
    if (options !== undefined) {
      try {
        root.options = readCallOptions(options)
      } catch (error) {
        return rejectSoon(error)
      }
      const { deadline } = root.options
      if (deadline !== undefined) root.limit = limitAt(deadline, caller.clock)
    }
    if (caller.events.hearsCall) root.story = new Story(root.now(caller.clock))
    const { signal } = root.options
    if (signal !== undefined) listen(root, signal)
    const pending = root.finished ? undefined : enter(root, 0)
    if (pending === undefined) return known(root) ?? later(root)
    if (signal === undefined && !this.#detaches && !root.finished) {
      return pending.then(
        (value) => {
          settleWork(root, true, value)
          return outcome(root)
        },
        (error) => {
          settleWork(root, false, error)
          return outcome(root)
        },
      )
    }
    follow(root, pending)
    // It may have been given up by what the operation itself, or a listener, did.
    return known(root) ?? later(root)
  }
}

/** What a reaction to the operation's promise gives: the outcome if it is known, else a promise of it. */
function outcome(root: Scope): unknown {
  if (!root.finished) return later(root)
  if (root.ok) return root.value
  throw root.value
}

function known(root: Scope): Promise<unknown> | undefined {
  if (!root.finished) return undefined
  return root.ok ? Promise.resolve(root.value) : rejectSoon(root.value)
}

let waiting: Scope | undefined

/** The executor of every call's promise: one function for all, as it runs before `new Promise` returns. */
function keep(resolve: (value: unknown) => void, reject: (error: unknown) => void): void {
  const root = waiting as Scope
  root.resolve = resolve
  root.reject = reject
}

function later(root: Scope): Promise<unknown> {
  waiting = root
  const promise = new Promise(keep)
  // The call must not outlive its caller here.
  waiting = undefined
  return promise
}

function listen(root: Scope, signal: AbortSignal): void {
  if (signal.aborted) abort(root, signal.reason)
  else root.more.unlisten = onAbort(signal, (reason) => abort(root, reason))
}

/** The caller gives the call up. */
function abort(root: Scope, reason: unknown): void {
  if (root.finished) return
  abandon(topOf(root), reason, false)
  complete(root, false, reason, true)
}

const settled = Promise.resolve()

/**
 * Rejects a turn later, when the caller listens: a promise that is rejected before anybody does goes through the engine's
 * bookkeeping of unhandled rejections, which costs more than all the rest.
 */
function rejectSoon(error: unknown): Promise<never> {
  return new Promise((_, reject) => {
    settled.then(() => reject(error))
  })
}
