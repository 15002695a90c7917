/**
 * The calls of one policy: counted by a few additions a call, and shown when the exporter collects.
 *
 * Durations need an event for each call, so the policy is subscribed to only where they are asked for.
 */
import type { CallEvent } from '../core/events.ts'
import type { BasePolicy } from '../core/policy.ts'
import { PolicySubscriptions } from '../core/policy-subscriptions.ts'
import { CallCount } from './call-count.ts'
import type { PolicyWatch, WatchContext } from './policy-location.ts'
import { Series } from './series.ts'

export class CallMetrics implements PolicyWatch {
  readonly #count: CallCount
  readonly #series: Series
  readonly #context: WatchContext
  readonly #subscriptions: PolicySubscriptions

  constructor(policy: BasePolicy, context: WatchContext) {
    const { callDuration } = context.families
    this.#context = context
    this.#series = new Series({ policy: policy.name })
    this.#subscriptions = new PolicySubscriptions(policy, context.errors.count)
    this.#count = new CallCount(policy)
    if (callDuration === undefined) return
    const observer = (outcome: string) => this.#series.observer(callDuration, { outcome })
    const [success, failure, cancelled] = [observer('success'), observer('failure'), observer('ignored')]
    this.#subscriptions.onOwn<CallEvent>('call', ({ ok, ignored, duration }) => {
      const observe = ignored ? cancelled : ok ? success : failure
      observe(duration / 1000)
    })
  }

  /** Calls that succeeded, though not at first, by the policy that made them good. */
  get saved(): ReadonlyMap<string, number> {
    return this.#count.saved
  }

  collect(): void {
    const { calls, firstTries, attempts, saved } = this.#context.families.calls
    this.#series.raise(calls, { outcome: 'success' }, this.#count.success)
    this.#series.raise(calls, { outcome: 'failure' }, this.#count.failure)
    this.#series.raise(calls, { outcome: 'ignored' }, this.#count.ignored)
    this.#series.raise(firstTries, {}, this.#count.first)
    this.#series.raise(attempts, {}, this.#count.attempts)
    for (const [name, count] of this.saved) this.#series.raise(saved, { saved_by: name }, count)
  }

  stop(): void {
    this.#count.stop()
    this.#subscriptions.close()
    this.#series.drop()
  }
}
