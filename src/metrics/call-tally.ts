/**
 * What the calls of one policy come to. Counted by a few additions a call, and shown when scraped.
 *
 * How long they take is told by an event of each call, so that is only done where it is asked for.
 */
import type { CallEvent, Counter } from '../core/events.ts'
import type { BasePolicy } from '../core/policy.ts'
import { Ears } from './ears.ts'
import type { PolicyWatch, Surroundings } from './place.ts'
import { Series } from './series.ts'

export class CallTally implements PolicyWatch {
  /** Calls good in the end but not at first, by who made them good. */
  readonly saved = new Map<string, number>()
  readonly #policy: BasePolicy
  readonly #series: Series
  readonly #surroundings: Surroundings
  readonly #ears: Ears
  #success = 0
  #failure = 0
  #ignored = 0
  #attempts = 0
  #first = 0
  readonly #count: Counter = (ok, ignored, attempts, first, savedBy) => {
    this.#attempts += attempts
    if (ignored) {
      this.#ignored++
      return
    }
    if (ok) this.#success++
    else this.#failure++
    if (first) this.#first++
    if (savedBy !== undefined) this.saved.set(savedBy, (this.saved.get(savedBy) ?? 0) + 1)
  }

  constructor(policy: BasePolicy, surroundings: Surroundings) {
    const { containment, families } = surroundings
    const { durations } = families
    this.#policy = policy
    this.#surroundings = surroundings
    this.#series = new Series({ policy: policy.name })
    this.#ears = new Ears(containment, policy)
    policy.events.addCounter(this.#count)
    if (durations === undefined) return
    const observer = (outcome: string) => this.#series.observer(durations, { outcome })
    const [success, failure, gone] = [observer('success'), observer('failure'), observer('ignored')]
    this.#ears.on<CallEvent>('call', ({ ok, ignored, duration }) => {
      const observe = ignored ? gone : ok ? success : failure
      observe(duration / 1000)
    })
  }

  collect(): void {
    const { calls, firstTries, attempts, saved } = this.#surroundings.families
    this.#series.raise(calls, { outcome: 'success' }, this.#success)
    this.#series.raise(calls, { outcome: 'failure' }, this.#failure)
    this.#series.raise(calls, { outcome: 'ignored' }, this.#ignored)
    this.#series.raise(firstTries, {}, this.#first)
    this.#series.raise(attempts, {}, this.#attempts)
    for (const [name, count] of this.saved) this.#series.raise(saved, { saved_by: name }, count)
  }

  stop(): void {
    this.#policy.events.removeCounter(this.#count)
    this.#ears.stop()
    this.#series.drop()
  }
}
