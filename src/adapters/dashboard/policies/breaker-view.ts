/**
 * A circuit breaker: its state, and the isolation the page keeps of it.
 *
 * Invariant: `#isolation` is there exactly while releasing it would do something, so whatever ends isolations ends it.
 */
import type { CircuitBreaker, Isolation } from '../../../circuit-breaker/circuit.ts'
import type { EventBase } from '../../../core/events.ts'
import type { Told } from '../facts/fact-store.ts'
import { Ears } from './ears.ts'
import type { Part, Place } from './policy-view.ts'

const changes = ['open', 'halfOpen', 'close', 'isolate', 'disable']

export class BreakerPart implements Part {
  readonly source = 'policies'
  readonly place: Place
  readonly #breaker: CircuitBreaker
  readonly #ears: Ears
  #since: number
  #openings = 0
  #rejections = 0
  #isolation: Isolation | undefined = undefined

  constructor(place: Place) {
    this.place = place
    this.#breaker = place.policy as unknown as CircuitBreaker
    this.#since = place.clock.wall()
    this.#ears = new Ears(place.policy)
    for (const event of changes) {
      this.#ears.on<EventBase>(event, ({ at }) => {
        this.#since = at
        if (event === 'open') this.#openings++
        if (event === 'close' || event === 'disable') this.#isolation = undefined
      })
    }
    this.#ears.on('reject', () => this.#rejections++)
  }

  facts(): readonly Told[] {
    const { id, name, within } = this.place
    const fact = {
      kind: 'breaker',
      ...within,
      name,
      state: this.#breaker.state,
      since: Math.round(this.#since),
      openings: this.#openings,
      rejections: this.#rejections,
      held: this.#isolation !== undefined,
    } as const
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
    this.#ears.stop()
    this.release()
  }
}
