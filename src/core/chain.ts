/**
 * A chain of layers, and the start of a call through it.
 *
 * Three shapes come out of one path. Where nothing can settle the call but the operation, the promise of one `.then` on
 * the operation's own promise is the result. Where a layer takes over, that `.then` goes on with a new promise. Where a
 * timer, a queue or the caller's signal may settle it, a promise is made at the start.
 */
import { type CallOptions, readCallOptions } from './call.ts'
import { onAbort } from './callers-signal.ts'
import { abandon, complete, enter, follow, settleWork } from './drive.ts'
import { limitAt } from './limit.ts'
import { show } from './options.ts'
import { type Caller, Execution, type Layer, type Links, noOptions, type Operation, Scope } from './scope.ts'

/** Layers linked once, at construction. */
export class Chain implements Links {
  readonly layers: readonly Layer[]
  readonly stateful: boolean
  readonly cancels: boolean
  readonly #detaches: boolean

  constructor(layers: readonly Layer[]) {
    this.layers = layers
    this.stateful = layers.some((layer) => layer.traits.stateful)
    this.cancels = layers.some((layer) => layer.traits.cancels)
    this.#detaches = layers.some((layer) => layer.traits.detaches)
  }

  run(caller: Caller, operation: Operation, options: CallOptions | undefined): Promise<unknown> {
    if (typeof operation !== 'function') {
      return rejectSoon(new TypeError(`execute: operation must be a function, got ${show(operation)}`))
    }
    const root = new Execution(this, caller, operation)
    const scope = new Scope(this, root, undefined, noOptions, 0)
    root.top = scope
    if (options !== undefined) {
      try {
        scope.options = readCallOptions(options)
      } catch (error) {
        return rejectSoon(error)
      }
      const { deadline } = scope.options
      if (deadline !== undefined) scope.limit = limitAt(deadline, caller.clock)
    }
    if (caller.events.hearsCall) root.startedAt = scope.now(caller.clock)
    const { signal } = scope.options
    if (signal !== undefined) listen(root, signal)
    if (!root.finished) enter(scope, 0)
    root.starting = false
    const pending = root.pending
    if (root.finished) {
      // Given up by what the operation itself, or a listener, did.
      if (pending !== undefined) follow(scope, pending)
      return root.ok ? Promise.resolve(root.value) : rejectSoon(root.value)
    }
    if (signal === undefined && !this.#detaches && pending !== undefined) {
      return pending.then(
        (value) => {
          settleWork(scope, true, value)
          return result(root)
        },
        (error) => {
          settleWork(scope, false, error)
          return result(root)
        },
      )
    }
    if (pending !== undefined) follow(scope, pending)
    return later(root)
  }
}

/** The outcome if it is known, else a promise of it. */
function result(root: Execution): unknown {
  if (!root.finished) return later(root)
  if (root.ok) return root.value
  throw root.value
}

function later(root: Execution): Promise<unknown> {
  return new Promise((resolve, reject) => {
    root.resolve = resolve
    root.reject = reject
  })
}

function listen(root: Execution, signal: AbortSignal): void {
  if (signal.aborted) abort(root, signal.reason)
  else root.unlisten = onAbort(signal, (reason) => abort(root, reason))
}

/** The caller gives the call up. */
function abort(root: Execution, reason: unknown): void {
  if (root.finished) return
  abandon(root.top as Scope, reason, false)
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
