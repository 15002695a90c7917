/**
 * What the calls of one policy come to. Counted by a few additions a call, and shown when scraped.
 *
 * How long they take is told by an event of each call, so that is only done where it is asked for.
 */
import type { CallEvent } from '../core/events.ts'
import type { BasePolicy } from '../core/policy.ts'
import { CallCount } from './call-count.ts'
import { Ears } from './ears.ts'
import type { PolicyWatch, WatchContext } from './policy-location.ts'
import { Series } from './series.ts'

export class CallMetrics implements PolicyWatch {
  readonly #count: CallCount
  readonly #series: Series
  readonly #context: WatchContext
  readonly #ears: Ears

  constructor(policy: BasePolicy, context: WatchContext) {
    const { errors, families } = context
    const { durations } = families
    this.#context = context
    this.#series = new Series({ policy: policy.name })
    this.#ears = new Ears(errors, policy)
    this.#count = new CallCount(policy)
    if (durations === undefined) return
    const observer = (outcome: string) => this.#series.observer(durations, { outcome })
    const [success, failure, gone] = [observer('success'), observer('failure'), observer('ignored')]
    this.#ears.on<CallEvent>('call', ({ ok, ignored, duration }) => {
      const observe = ignored ? gone : ok ? success : failure
      observe(duration / 1000)
    })
  }

  /** Calls good in the end but not at first, by who made them good. */
  get saved(): ReadonlyMap<string, number> {
    return this.#count.saved
  }

  collect(): void {
    const { calls, firstTries, attempts, saved } = this.#context.families
    this.#series.raise(calls, { outcome: 'success' }, this.#count.success)
    this.#series.raise(calls, { outcome: 'failure' }, this.#count.failure)
    this.#series.raise(calls, { outcome: 'ignored' }, this.#count.ignored)
    this.#series.raise(firstTries, {}, this.#count.first)
    this.#series.raise(attempts, {}, this.#count.attempts)
    for (const [name, count] of this.saved) this.#series.raise(saved, { saved_by: name }, count)
  }

  stop(): void {
    this.#count.stop()
    this.#ears.stop()
    this.#series.drop()
  }
}
