/**
 * A chain of layers, and the start of a call through it.
 *
 * Where no layer has anything to note on the call it goes the plain way (`plain.ts`). Else three shapes come out of one
 * path. Where nothing can settle the call but the operation, the promise of one `.then` on
 * the operation's own promise is the result. Where a layer takes over, that `.then` goes on with a new promise. Where a
 * timer, a queue or the caller's signal may settle it, a promise is made at the start.
 */
import { type CallOptions, readCallOptions } from './call.ts'
import { tellEnd } from './call-events.ts'
import type { CallEnd, CallObserver, CallStarter } from './call-observer.ts'
import type { Caller } from './caller.ts'
import { onAbort } from './callers-signal.ts'
import { runIn } from './context.ts'
import { abandon, complete, enter, follow, settleWork, topOf } from './drive.ts'
import type { Events } from './events.ts'
import { limitAt } from './limit.ts'
import { show } from './options.ts'
import { Admission, type Way } from './plain.ts'
import { known, later, outcome, rejectSoon } from './result.ts'
import { type Hooks, type Layer, type Links, type Operation, Scope } from './scope.ts'
import { Story } from './story.ts'
import { type Timed, TimedWay } from './timed.ts'
import { UntimedWay } from './untimed.ts'

/** Layers linked once, at construction. */
export class Chain implements Links, CallStarter {
  readonly layers: readonly Layer[]
  readonly caller: Caller | undefined
  readonly cancels: boolean
  /** Something else than the operation may settle a call. */
  readonly #detaches: boolean
  readonly #way: Way | undefined
  /** Whose listeners are all of the user's that may run while a call waits; undefined where there is more than those. */
  readonly #listened: readonly Events[] | undefined

  constructor(layers: readonly Layer[], caller: Caller | undefined) {
    this.layers = layers
    this.caller = caller
    this.cancels = layers.some((layer) => layer.traits.cancels)
    this.#detaches = layers.some((layer) => layer.traits.detaches)
    this.#listened = listenedTo(layers, caller)
    this.#way = caller === undefined ? undefined : wayOf(this, caller)
  }

  runsUserCode(): boolean {
    const listened = this.#listened
    if (listened === undefined) return true
    for (let i = 0; i < listened.length; i++) if ((listened[i] as Events).heard) return true
    return false
  }

  run(operation: Operation, options: CallOptions | undefined): Promise<unknown> {
    if (typeof operation !== 'function') {
      return rejectSoon(new TypeError(`execute: operation must be a function, got ${show(operation)}`))
    }
    const caller = this.caller as Caller
    if (options === undefined && this.#way !== undefined) {
      const promise = this.#way.run(operation)
      if (promise !== undefined) return promise
    }
    return this.#scoped(caller, operation, options, undefined)
  }

  follow(operation: Operation, options: CallOptions | undefined, follower: CallObserver): Promise<unknown> {
    return this.#scoped(this.caller as Caller, operation, options, follower)
  }

  #scoped(
    caller: Caller,
    operation: Operation,
    options: CallOptions | undefined,
    follower: CallObserver | undefined,
  ): Promise<unknown> {
    const root = new Scope(this, undefined, operation, 0)
    if (follower !== undefined) {
      root.more.follower = follower
      root.keepContext()
    }
    if (options !== undefined) {
      try {
        root.options = readCallOptions(options)
      } catch (error) {
        if (follower !== undefined) tellEnd(caller.events, follower, refused(error))
        return rejectSoon(error)
      }
      const { deadline } = root.options
      if (deadline !== undefined) root.limit = limitAt(deadline, caller.clock)
    }
    const { events } = caller
    if (events.followsCalls || follower !== undefined)
      root.story = new Story(events.call !== undefined ? root.now(caller.clock) : Number.NaN)
    const { signal } = root.options
    if (signal !== undefined) listen(root, signal)
    const pending = root.ok !== undefined ? undefined : enter(root, 0)
    if (pending === undefined) return known(root) ?? later(root)
    if (signal === undefined && !this.#detaches && root.ok === undefined) {
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
    // It may have been given up by what the operation itself, or a listener, did.
    const promise = known(root) ?? later(root)
    follow(root, pending)
    return promise
  }
}

/** The end of a call that never began. */
function refused(error: unknown): CallEnd {
  return { resolved: false, value: error, ok: false, ignored: false, attempts: 0, savedBy: undefined }
}

/** The way of its plain calls, where it can have any. */
function wayOf(links: Links, caller: Caller): Way | undefined {
  const admission = Admission.to(links, caller)
  if (admission === undefined) return undefined
  const timed = links.layers.map(({ policy }) => policy).filter(isTimed)
  const [first] = timed
  if (first === undefined) return new UntimedWay(admission)
  return timed.length === 1 && first.clock === caller.clock ? new TimedWay(admission, first) : undefined
}

function isTimed(policy: Hooks): policy is Timed {
  return policy.after !== undefined && policy.after !== Number.POSITIVE_INFINITY
}

function listenedTo(layers: readonly Layer[], caller: Caller | undefined): readonly Events[] | undefined {
  if (!layers.every(({ traits }) => traits.quiet)) return undefined
  const all = [caller?.events, ...layers.map(({ policy }) => policy.events)]
  return [...new Set(all.filter((events) => events !== undefined))]
}

function listen(root: Scope, signal: AbortSignal): void {
  if (root.links.runsUserCode()) root.keepContext()
  const { events } = root.caller
  root.more.unlisten = onAbort(
    signal,
    (reason) => runIn(root.context, () => abort(root, reason)),
    (error) => events.fault('signal', error),
  )
}

/** The caller gives the call up. */
function abort(root: Scope, reason: unknown): void {
  if (root.ok !== undefined) return
  // It ends now, not when an earlier try left.
  if (root.story !== undefined) root.story.leftAt = undefined
  abandon(topOf(root), reason, false)
  complete(root, false, reason, true)
}
