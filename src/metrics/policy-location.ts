/** Where a policy stands among those that are watched, and what watches it there. */
import type { BasePolicy } from '../core/policy.ts'
import type { ExporterErrors } from './exporter-errors.ts'
import type { CardinalityLimit } from './cardinality-limit.ts'
import type { Families } from './policy-instruments.ts'
import type { Labels } from './sink.ts'

/** What all that watch policies share. */
export interface WatchContext {
  readonly errors: ExporterErrors
  readonly families: Families
  /** Members of pools that may have series. */
  readonly members: CardinalityLimit
}

export interface Place {
  readonly policy: BasePolicy
  /** Its own name, or `<name>#2` for the second of its kind and name there. */
  readonly name: string
  /** Of the pipeline, the pool and the member it stands in. */
  readonly within: Labels
  /** What the calls of the whole come to; not known of a guard. */
  readonly tally: { readonly saved: ReadonlyMap<string, number> } | undefined
}

export interface PolicyWatch {
  collect(): void
  /** Lets go of the policy, and of its series. */
  stop(): void
}
