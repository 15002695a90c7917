/** Bulkheads, and what is told by one count: retries, timeouts, uses of a fallback. */
import type { Bulkhead } from '../../../bulkhead/bulkhead.ts'
import type { Told } from '../facts/fact-store.ts'
import { Ears } from './ears.ts'
import type { Part, Place } from './policy-view.ts'

export class BulkheadPart implements Part {
  readonly source = 'policies'
  readonly place: Place
  readonly #ears: Ears
  #rejections = 0

  constructor(place: Place) {
    this.place = place
    this.#ears = new Ears(place.policy).on('reject', () => this.#rejections++)
  }

  facts(): readonly Told[] {
    const { id, name, within, policy } = this.place
    const { active, queued, limit } = policy as unknown as Bulkhead
    const bound = limit === Number.POSITIVE_INFINITY ? null : limit
    return [[id, { kind: 'bulkhead', ...within, name, active, queued, limit: bound, rejections: this.#rejections }]]
  }

  stop(): void {
    this.#ears.stop()
  }
}

/** What has one event that happens seldom, named as its kind. */
export class CounterPart implements Part {
  readonly source = 'policies'
  readonly place: Place
  readonly #ears: Ears
  #count = 0

  constructor(place: Place) {
    this.place = place
    this.#ears = new Ears(place.policy).on(place.policy.kind, () => this.#count++)
  }

  facts(): readonly Told[] {
    const { id, name, within, policy } = this.place
    return [[id, { kind: 'counter', ...within, name, policyKind: policy.kind, count: this.#count }]]
  }

  stop(): void {
    this.#ears.stop()
  }
}
