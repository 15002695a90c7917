/** The policies that were given to the dashboard, by name. */
import type { Clock } from '../../../core/clock.ts'
import type { BasePolicy } from '../../../core/policy.ts'
import type { FactStore } from '../facts/fact-store.ts'
import type { CallCounts } from '../wire/facts.ts'
import { PolicyViews } from './policy-views.ts'
import { WatchedPolicy } from './watched-policy.ts'

export class WatchedPolicies {
  readonly views: PolicyViews
  readonly #facts: FactStore
  readonly #watched = new Map<string, WatchedPolicy>()

  constructor(facts: FactStore, clock: Clock) {
    this.#facts = facts
    this.views = new PolicyViews(facts, clock)
  }

  get names(): Iterable<string> {
    return this.#watched.keys()
  }

  /** How the calls of each policy ended. */
  get counts(): Readonly<Record<string, CallCounts>> {
    return Object.fromEntries([...this.#watched].map(([name, policy]) => [name, policy.counts]))
  }

  get size(): number {
    return this.#watched.size
  }

  /** Returns a function that stops watching. */
  watch(policy: BasePolicy): () => void {
    const watched = new WatchedPolicy(policy, this.views)
    this.#watched.set(policy.name, watched)
    this.#facts.add(watched)
    return () => {
      if (this.#watched.get(policy.name) !== watched) return
      this.#watched.delete(policy.name)
      this.#facts.remove(watched)
      watched.stop()
    }
  }

  stop(): void {
    for (const policy of this.#watched.values()) {
      this.#facts.remove(policy)
      policy.stop()
    }
    this.#watched.clear()
  }
}
