/**
 * The views of all policies inside those that are watched. A policy that is in several places has one view, at the place
 * where it was found first.
 *
 * Invariant: a view is in the fact store, and its id is taken, exactly while something holds it.
 */
import type { Clock } from '../../../core/clock.ts'
import type { BasePolicy } from '../../../core/policy.ts'
import { telemetryOf } from '../../../metrics/kinds.ts'
import { type NamedLeaf, namedLeavesOf } from '../../../metrics/leaves.ts'
import type { FactStore } from '../facts/fact-store.ts'
import type { FactLocation } from '../wire/facts.ts'
import { BreakerView } from './breaker-view.ts'
import { NumbersView } from './numbers-view.ts'
import type { PolicyView, ViewContext } from './policy-view.ts'
import { PoolView } from './pool-view.ts'

interface HeldView {
  readonly view: PolicyView
  holders: number
}

/** The views of the leaves of one policy, until `release()`. */
export interface LeafViews {
  /** Outermost first. */
  readonly views: readonly PolicyView[]
  release(): void
}

export class PolicyViews {
  readonly #facts: FactStore
  readonly #clock: Clock
  readonly #held = new Map<BasePolicy, HeldView>()
  readonly #ids = new Map<string, PolicyView>()

  constructor(facts: FactStore, clock: Clock) {
    this.#facts = facts
    this.#clock = clock
  }

  get all(): Iterable<PolicyView> {
    return this.#ids.values()
  }

  get(id: string): PolicyView | undefined {
    return this.#ids.get(id)
  }

  /** Holds the views of a policy's leaves. */
  hold(policy: BasePolicy, location: FactLocation): LeafViews {
    const leaves = namedLeavesOf(policy)
    return {
      views: leaves.map((leaf) => this.#hold(leaf, location)),
      release: () => {
        for (const leaf of leaves) this.#release(leaf.policy)
      },
    }
  }

  #hold(leaf: NamedLeaf, location: FactLocation): PolicyView {
    let held = this.#held.get(leaf.policy)
    if (held === undefined) {
      held = { view: this.#add(leaf, location), holders: 0 }
      this.#held.set(leaf.policy, held)
    }
    held.holders++
    return held.view
  }

  #release(policy: BasePolicy): void {
    const held = this.#held.get(policy)
    if (held === undefined || --held.holders > 0) return
    this.#held.delete(policy)
    this.#ids.delete(held.view.context.id)
    this.#facts.remove(held.view)
    held.view.stop()
  }

  #add(leaf: NamedLeaf, location: FactLocation): PolicyView {
    const context = this.#context(leaf, location)
    const view = this.#viewOf(context)
    this.#ids.set(context.id, view)
    this.#facts.add(view)
    return view
  }

  #viewOf(context: ViewContext): PolicyView {
    const { kind } = context.policy
    if (kind === 'circuitBreaker') return new BreakerView(context)
    return kind === 'failoverPool' ? new PoolView(context, this) : new NumbersView(context)
  }

  /** Pools inside guards may give two policies the same location; then the name is numbered once more. */
  #context({ policy, name: own }: NamedLeaf, location: FactLocation): ViewContext {
    const telemetry = telemetryOf(policy)
    const { policy: top, pool, member } = location
    for (let count = 1; ; count++) {
      const name = count === 1 ? own : `${own}#${count}`
      const id = `${telemetry.dashboard.id}:${JSON.stringify([top, pool, member, name])}`
      if (!this.#ids.has(id)) return { policy, telemetry, id, name, location, clock: this.#clock }
    }
  }
}
