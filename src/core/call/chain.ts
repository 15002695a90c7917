/**
 * A chain of layers, and the start of a call through it.
 *
 * The loop over the layers is `enterLayers` in the driver; `leaveLayers`, next to it, is the way back out.
 */
import { latestEpoch } from '../admission-epoch.ts'
import { runIn } from '../context.ts'
import type { Events } from '../events.ts'
import type { Layer, Links } from '../hooks.ts'
import { show } from '../options.ts'
import { type CallOptions, readCallOptions } from './call.ts'
import { contained } from './call-events.ts'
import type { CallObserver, CallStarter } from './call-observer.ts'
import type { CallOwner } from './call-owner.ts'
import { lead, outcomeOf, rejectSoon, resultOf } from './call-promise.ts'
import { onAbort } from './callers-signal.ts'
import { deadlineAt } from './deadline.ts'
import { CallScope } from './driver.ts'
import { FastPath } from './fast-path.ts'
import type { Operation } from './scope.ts'

/** Layers linked once, at construction. */
export class Chain implements Links, CallStarter {
  readonly layers: readonly Layer[]
  readonly owner: CallOwner | undefined
  readonly cancels: boolean
  readonly detaches: boolean
  readonly #fast: FastPath | undefined
  /** While a call waits, only listeners to these may run as code of the user; undefined if other code of the user may run. */
  readonly #listened: readonly Events[] | undefined

  constructor(layers: readonly Layer[], owner: CallOwner | undefined) {
    this.layers = layers
    this.owner = owner
    this.cancels = layers.some((layer) => layer.traits.cancels)
    this.detaches = layers.some((layer) => layer.traits.detaches)
    this.#listened = listenedTo(layers, owner)
    this.#fast = owner === undefined ? undefined : FastPath.of(this)
  }

  runsUserCode(): boolean {
    const listened = this.#listened
    if (listened === undefined) return true
    for (let i = 0; i < listened.length; i++) if ((listened[i] as Events).active) return true
    return false
  }

  run(operation: Operation, options: CallOptions | undefined): Promise<unknown> {
    const fast = this.#fast
    if (fast === undefined || options !== undefined || this.owner?.events.call !== undefined) {
      return this.#begin(operation, options, undefined)
    }
    if (typeof operation !== 'function') return notFunction(operation)
    if (!fast.enters) return fast.run(operation, latestEpoch())
    const scope = fast.take(operation)
    if (!scope.enterLayers(0)) return resultOf(scope)
    return fast.isBlank(scope) ? fast.run(operation, fast.giveBack(scope)) : this.#invoke(scope)
  }

  observe(operation: Operation, options: CallOptions | undefined, observer: CallObserver): Promise<unknown> {
    return this.#begin(operation, options, observer)
  }

  #begin(operation: Operation, options: CallOptions | undefined, observer: CallObserver | undefined): Promise<unknown> {
    if (typeof operation !== 'function') return notFunction(operation)
    const owner = this.owner as CallOwner
    const root = new CallScope(this, undefined, operation, 0)
    if (observer !== undefined) {
      root.more.observer = observer
      root.callerContext()
    }
    try {
      if (options !== undefined) root.options = readCallOptions(options)
    } catch (error) {
      if (observer !== undefined) contained(owner.events, () => observer.ended(neverBegun(error)))
      return rejectSoon(error)
    }
    const { deadline, signal } = root.options
    if (deadline !== undefined) root.limit = deadlineAt(deadline, owner.clock)
    if (owner.events.call !== undefined) root.more.startedAt = root.now(owner.clock)
    if (signal !== undefined) listen(root, signal)
    if (root.ok !== undefined || !root.enterLayers(0)) return resultOf(root)
    return this.#invoke(root)
  }

  /** Runs the operation of a call that has entered its layers. */
  #invoke(root: CallScope): Promise<unknown> {
    const promise = root.invoke()
    if (promise === undefined) return resultOf(root)
    // The operation itself, or a listener, may have aborted the call.
    if (root.links.detaches || root.ok !== undefined || root.extras?.unlisten !== undefined) {
      const result = resultOf(root)
      lead(root, promise)
      return result
    }
    return promise.then(
      (value) => {
        root.settleWork(true, value)
        return outcomeOf(root)
      },
      (error) => {
        root.settleWork(false, error)
        return outcomeOf(root)
      },
    )
  }
}

function notFunction(operation: unknown): Promise<never> {
  return rejectSoon(new TypeError(`execute: operation must be a function, got ${show(operation)}`))
}

/** The end of a call whose options were refused. */
function neverBegun(error: unknown) {
  return { resolved: false, value: error, ok: false, ignored: false, attempts: 0, savedBy: undefined }
}

function listenedTo(layers: readonly Layer[], owner: CallOwner | undefined): readonly Events[] | undefined {
  if (!layers.every(({ traits }) => traits.quiet)) return undefined
  const all = [owner?.events, ...layers.map(({ policy }) => policy.events)]
  return [...new Set(all.filter((events) => events !== undefined))]
}

function listen(root: CallScope, signal: AbortSignal): void {
  root.keepContext()
  const { events } = root.owner
  root.more.unlisten = onAbort(
    signal,
    (reason) => runIn(root.extras?.context, () => root.abort(reason)),
    (error) => events.fault('signal', error),
  )
}
