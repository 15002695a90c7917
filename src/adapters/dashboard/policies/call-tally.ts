/** What the calls of one policy come to, counted by a few additions a call. */
import type { Counter } from '../../../core/events.ts'
import type { BasePolicy } from '../../../core/policy.ts'
import type { CallCounts } from '../wire.ts'

export class CallTally {
  readonly #policy: BasePolicy
  readonly #saved = new Map<string, number>()
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
    if (savedBy !== undefined) this.#saved.set(savedBy, (this.#saved.get(savedBy) ?? 0) + 1)
  }

  constructor(policy: BasePolicy) {
    this.#policy = policy
    policy.events.addCounter(this.#count)
  }

  get counts(): CallCounts {
    return {
      success: this.#success,
      failure: this.#failure,
      ignored: this.#ignored,
      attempts: this.#attempts,
      first: this.#first,
      saved: Object.fromEntries(this.#saved),
    }
  }

  stop(): void {
    this.#policy.events.removeCounter(this.#count)
  }
}
