/** One policy inside of those that are watched, with facts of its own. */

import type { Clock } from '../../../core/clock.ts'
import type { BasePolicy } from '../../../core/policy.ts'
import type { FactSource } from '../facts/fact-store.ts'
import type { Within } from '../wire/facts.ts'

/** Where a part stands. */
export interface Place {
  readonly policy: BasePolicy
  /** Of its own fact. */
  readonly id: string
  /** Its own name, or `<name>#2` for the second of its kind and name there. */
  readonly name: string
  readonly within: Within
  readonly clock: Clock
}

export interface Part extends FactSource {
  readonly place: Place
  /** Lets go of the policy. */
  stop(): void
}
