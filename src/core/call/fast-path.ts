/**
 * The fast path: calls that leave no trace share a scope.
 *
 * Most calls meet a closed breaker and a free slot, have no options, and succeed. Nothing about such a call differs from the
 * next one. So each call enters its layers with a scope that earlier calls left blank. If it is still blank after the last layer,
 * nothing was noted on the call: the scope serves the next call, and this call leaves its layers with a scope that all such calls
 * share. If something was noted, the call keeps the scope. A call that fails gets a new scope, in the state that a scope of its own
 * would have by then.
 *
 * Invariant: calls share a scope only while no layer has started an epoch, so all of them were admitted in the same state;
 * and only through layers that are quiet, so no code of the user sees what calls share.
 */
import { latestEpoch } from '../admission-epoch.ts'
import type { Layer, Links } from '../hooks.ts'
import type { Call, CallChanges } from './call.ts'
import { countCall } from './call-end.ts'
import { outcomeOf, promiseOf, resultOf } from './call-promise.ts'
import { CallScope, noOperation } from './driver.ts'
import type { Operation } from './scope.ts'

export class FastPath {
  readonly #links: Links
  /** A layer has something to do before the operation runs. */
  readonly enters: boolean
  /** A failed call may run its operation again, so its reaction has to remember it. */
  readonly #repeats: boolean
  /** The scope in which the next call enters its layers. */
  #blank: CallScope | undefined = undefined
  /** The scope in which calls leave their layers, and their reactions; renewed in each epoch. */
  #shared: CallScope | undefined = undefined
  #good!: (value: unknown) => unknown
  #bad!: (error: unknown) => unknown

  /** The fast path of a chain; undefined if it cannot have one. */
  static of(links: Links): FastPath | undefined {
    const may = ({ enter, success, traits }: Layer): boolean =>
      traits.quiet === true || (enter ?? success) === undefined
    return links.layers.every(may) ? new FastPath(links) : undefined
  }

  private constructor(links: Links) {
    this.#links = links
    this.enters = links.layers.some(({ enter }) => enter !== undefined)
    this.#repeats = links.layers.some(({ traits }) => traits.repeats)
  }

  /** A blank scope, for a call to enter its layers with. */
  take(operation: Operation): CallScope {
    const scope = this.#blank ?? new CallScope(this.#links, undefined, operation, 0)
    this.#blank = undefined
    scope.operation = operation
    scope.epoch = latestEpoch()
    return scope
  }

  /** Whether all layers let the call in and noted nothing on it. */
  isBlank({ notes, limit, extras }: CallScope): boolean {
    return notes === undefined && limit === undefined && extras === undefined
  }

  /** Takes back a scope that is still blank. Returns the epoch in which its call was admitted. */
  giveBack(scope: CallScope): number {
    scope.operation = noOperation
    scope.readAt = undefined
    this.#blank = scope
    return scope.epoch
  }

  /** Runs the operation of a call that left no trace. */
  run(operation: Operation, epoch: number): Promise<unknown> {
    const shared = this.#sharedIn(epoch)
    let value: unknown
    try {
      value = operation(new FastCall(shared) as never)
    } catch (error) {
      return resultOf(failed(shared, operation, error))
    }
    const promise = promiseOf(value)
    if (promise === undefined) {
      succeed(shared, value)
      return Promise.resolve(value)
    }
    const bad = this.#repeats ? (error: unknown) => outcomeOf(failed(shared, operation, error)) : this.#bad
    return promise.then(this.#good, bad)
  }

  #sharedIn(epoch: number): CallScope {
    if (this.#shared?.epoch === epoch) return this.#shared
    const shared = new CallScope(this.#links, undefined, noOperation, 0)
    shared.epoch = epoch
    this.#shared = shared
    this.#good = (value) => {
      succeed(shared, value)
      return value
    }
    this.#bad = (error) => outcomeOf(failed(shared, noOperation, error))
    return shared
  }
}

function succeed(shared: CallScope, value: unknown): void {
  const { layers } = shared.links
  shared.readAt = undefined
  for (let i = layers.length - 1; i >= 0; i--) {
    const { success, policy } = layers[i] as Layer
    if (success !== undefined) success.call(policy, shared, i, value)
  }
  const { owner } = shared
  if (owner.events.counters !== undefined) countCall(owner, true, false, 1, true, undefined)
}

/** The call has failed: it goes on with a scope of its own. */
function failed(shared: CallScope, operation: Operation, error: unknown): CallScope {
  const root = new CallScope(shared.links, undefined, operation, 0)
  root.epoch = shared.epoch
  root.depth = root.links.layers.length
  root.attempts = root.live = 1
  root.settleWork(false, error)
  return root
}

/** The call that the operation gets: without options, and nothing can abort it. */
class FastCall implements Call {
  readonly shared: CallScope
  /** Made when `signal` or `with` is used. */
  own: CallScope | undefined

  constructor(shared: CallScope) {
    this.shared = shared
    this.own = undefined
  }

  get scope(): CallScope {
    this.own ??= new CallScope(this.shared.links, undefined, noOperation, 0)
    return this.own
  }

  get attempt(): number {
    return 1
  }

  get key(): undefined {
    return undefined
  }

  get priority(): number {
    return 0
  }

  get idempotent(): boolean {
    return true
  }

  get retryDepth(): number {
    return 0
  }

  get deadline(): undefined {
    return undefined
  }

  get signal(): AbortSignal {
    return this.scope.signal
  }

  with(changes: CallChanges): Call {
    return this.scope.with(changes)
  }
}
