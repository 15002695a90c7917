/**
 * A circuit breaker: its state, and the isolation that the page holds of it.
 *
 * Invariant: `#isolation` is set exactly while its release would have an effect, so every event that ends isolations clears it.
 */
import type { CircuitBreaker, Isolation } from '../../../circuit-breaker/circuit.ts'
import type { EventBase } from '../../../core/events.ts'
import { PolicySubscriptions } from '../../../core/policy-subscriptions.ts'
import type { FactEntry } from '../facts/fact-store.ts'
import type { BreakerFact } from '../wire/facts.ts'
import type { PolicyView, ViewContext } from './policy-view.ts'

const stateChanges = ['open', 'halfOpen', 'close', 'isolate', 'disable']

export class BreakerView implements PolicyView {
  readonly source = 'policies'
  readonly context: ViewContext
  readonly #breaker: CircuitBreaker
  readonly #subscriptions: PolicySubscriptions
  #since: number
  #openings = 0
  #rejections = 0
  #isolation: Isolation | undefined = undefined

  constructor(context: ViewContext) {
    this.context = context
    this.#breaker = context.policy as unknown as CircuitBreaker
    this.#since = context.clock.wall()
    this.#subscriptions = new PolicySubscriptions(context.policy)
    for (const event of stateChanges) {
      this.#subscriptions.onOwn<EventBase>(event, ({ at }) => {
        this.#since = at
        if (event === 'open') this.#openings++
        if (event === 'close' || event === 'disable') this.#isolation = undefined
      })
    }
    this.#subscriptions.onOwn('reject', () => this.#rejections++)
  }

  facts(): readonly FactEntry[] {
    const { id, name, location } = this.context
    const fact: BreakerFact = {
      kind: 'breaker',
      ...location,
      name,
      state: this.#breaker.state,
      since: Math.round(this.#since),
      openings: this.#openings,
      rejections: this.#rejections,
      isolatedHere: this.#isolation !== undefined,
    }
    return [[id, fact]]
  }

  isolate(): void {
    this.#isolation ??= this.#breaker.isolate()
  }

  release(): void {
    this.#isolation?.release()
    this.#isolation = undefined
  }

  reset(): void {
    this.#breaker.reset()
  }

  stop(): void {
    this.#subscriptions.close()
    this.release()
  }
}
