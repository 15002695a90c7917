/** The way of plain calls that nothing but their operation can end. */
import type { Caller } from './caller.ts'
import { promiseOf, settleWork } from './drive.ts'
import { type Admission, asCall, type Scoped, standIn, succeed, type Way } from './plain.ts'
import { known, later, outcome } from './result.ts'
import { type Operation, Scope } from './scope.ts'

class UntimedCall implements Scoped {
  readonly shared: Scope
  scope: Scope | undefined

  constructor(shared: Scope) {
    this.shared = shared
    this.scope = undefined
  }

  /** For the signal alone, which nothing can abort. */
  own(): Scope {
    this.scope ??= new Scope(this.shared.links, undefined, this.shared.operation, 0)
    return this.scope
  }
}

asCall(UntimedCall)

export class UntimedWay implements Way {
  readonly #admission: Admission
  readonly #caller: Caller
  readonly #repeats: boolean
  /** The reactions of the calls that share a scope; there once one has. */
  #shared: Scope | undefined = undefined
  #good!: (value: unknown) => unknown
  #bad!: (error: unknown) => unknown

  constructor(admission: Admission) {
    this.#admission = admission
    this.#caller = admission.caller
    this.#repeats = admission.links.layers.some(({ traits }) => traits.repeats)
  }

  run(operation: Operation): Promise<unknown> | undefined {
    // Whoever listens to `call` wants to know when it began.
    if (this.#caller.events.call !== undefined) return undefined
    const shared = this.#admission.admit()
    if (shared === undefined) return undefined
    let value: unknown
    try {
      value = operation(new UntimedCall(shared) as never)
    } catch (error) {
      const root = failed(shared, operation, error)
      return known(root) ?? later(root)
    }
    const promise = promiseOf(value)
    if (promise === undefined) {
      succeed(shared, value, Number.NaN)
      return Promise.resolve(value)
    }
    if (this.#shared !== shared) this.#renew(shared)
    const good = this.#good
    // Only what may run the operation again has to remember it.
    const bad = this.#repeats ? (error: unknown) => outcome(failed(shared, operation, error)) : this.#bad
    return promise.then(good, bad)
  }

  #renew(shared: Scope): void {
    this.#shared = shared
    this.#good = (value) => {
      succeed(shared, value, Number.NaN)
      return value
    }
    this.#bad = (error) => outcome(failed(shared, shared.operation, error))
  }
}

function failed(shared: Scope, operation: Operation, error: unknown): Scope {
  const root = standIn(shared, operation, Number.NaN)
  settleWork(root, false, error)
  return root
}
