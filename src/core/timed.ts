/**
 * The way of plain calls that one timeout may end.
 *
 * The call is its own timer, so it costs one object beside its promise. It gets a scope when it fails, when its time is
 * up, or when the operation reads what only a scope can tell; its timer then goes on for that scope.
 *
 * Invariant: while a call has no scope, its timer is scheduled.
 */

import type { Clock } from './clock.ts'
import { type Context, currentContext } from './context.ts'
import { follow, leading, promiseOf, settleWork } from './drive.ts'
import type { Milliseconds } from './duration.ts'
import { type Admission, asCall, type Scoped, standIn, succeed, type Way } from './plain.ts'
import { known, later, lead, promiseFor } from './result.ts'
import type { Hooks, Operation, Scope } from './scope.ts'
import { pinShape } from './shape.ts'
import type { Timer } from './timer.ts'

/** A policy whose plain calls need a timer. */
export type Timed = Hooks & Required<Pick<Hooks, 'after' | 'timed'>> & { readonly clock: Clock }

class TimedCall implements Timer, Scoped {
  at: Milliseconds
  list: object | undefined
  previous: Timer | undefined
  next: Timer | undefined
  readonly way: TimedWay
  readonly shared: Scope
  readonly operation: Operation
  resolve: ((value: unknown) => void) | undefined
  reject: ((error: unknown) => void) | undefined
  scope: Scope | undefined
  /** Told when the time of the scope is up. */
  end: Timer | undefined
  context: Context | undefined

  constructor(way: TimedWay, shared: Scope, operation: Operation) {
    this.at = Number.NaN
    this.list = undefined
    this.previous = undefined
    this.next = undefined
    this.way = way
    this.shared = shared
    this.operation = operation
    this.resolve = undefined
    this.reject = undefined
    this.scope = undefined
    this.end = undefined
    this.context = undefined
  }

  get background(): boolean {
    return false
  }

  fire(): void {
    this.own()
    this.end?.fire()
  }

  own(): Scope {
    this.scope ??= this.way.scopeOf(this)
    return this.scope
  }
}

asCall(TimedCall)
pinShape(new TimedCall(undefined as never, undefined as never, undefined as never))

export class TimedWay implements Way {
  readonly #admission: Admission
  readonly #clock: Clock
  readonly #policy: Timed
  readonly #index: number
  readonly #after: Milliseconds
  /** Operations ask for what only a scope can tell, so a scope from the start is cheaper. */
  #asked = false

  constructor(admission: Admission, policy: Timed) {
    this.#admission = admission
    this.#clock = admission.caller.clock
    this.#policy = policy
    this.#index = admission.links.layers.findIndex((layer) => layer.policy === policy)
    this.#after = policy.after
  }

  run(operation: Operation): Promise<unknown> | undefined {
    if (this.#asked) return undefined
    const shared = this.#admission.admit()
    if (shared === undefined) return undefined
    const call = new TimedCall(this, shared, operation)
    if (this.#admission.links.runsUserCode()) call.context = currentContext()
    this.#clock.schedule(call, this.#after, this.#clock.now())
    let value: unknown
    try {
      value = operation(call as never)
    } catch (error) {
      const root = call.own()
      settleWork(root, false, error)
      return known(root) ?? later(root)
    }
    const promise = promiseOf(value)
    if (promise === undefined) {
      if (call.scope === undefined) this.#succeed(call, value)
      else settleWork(call.scope, true, value)
      return Promise.resolve(value)
    }
    if (call.scope !== undefined) {
      this.#asked = true
      follow(call.scope, promise)
      return later(call.scope)
    }
    const outcome = promiseFor(call)
    lead(
      promise.then(
        (value) => {
          if (call.scope !== undefined) return leading(call.scope, true, value)
          this.#succeed(call, value)
          return value
        },
        (error) => leading(call.own(), false, error),
      ),
      call,
    )
    return outcome
  }

  scopeOf(call: TimedCall): Scope {
    const scope = standIn(call.shared, call.operation, call.at - this.#after)
    scope.context = call.context
    scope.resolve = call.resolve
    scope.reject = call.reject
    call.end = this.#policy.timed(scope, this.#index, call)
    return scope
  }

  #succeed(call: TimedCall, value: unknown): void {
    this.#clock.cancel(call)
    succeed(call.shared, value, call.at - this.#after)
  }
}
