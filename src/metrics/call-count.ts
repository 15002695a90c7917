/** Counts the calls of one policy by their outcome, at the price of a few additions a call. */
import type { CallCounter } from '../core/events.ts'
import type { BasePolicy } from '../core/policy.ts'

export class CallCount {
  success = 0
  failure = 0
  ignored = 0
  attempts = 0
  /** Calls whose first attempt succeeded. */
  first = 0
  /** Calls that succeeded, though not at first, by the policy that made them good. */
  readonly saved = new Map<string, number>()
  readonly #policy: BasePolicy
  readonly #count: CallCounter = (ok, ignored, attempts, first, savedBy) => {
    this.attempts += attempts
    if (ignored) {
      this.ignored++
      return
    }
    if (ok) this.success++
    else this.failure++
    if (first) this.first++
    if (savedBy !== undefined) this.saved.set(savedBy, (this.saved.get(savedBy) ?? 0) + 1)
  }

  constructor(policy: BasePolicy) {
    this.#policy = policy
    policy.events.addCounter(this.#count)
  }

  stop(): void {
    this.#policy.events.removeCounter(this.#count)
  }
}
