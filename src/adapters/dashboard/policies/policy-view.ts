/** The view of one policy inside those that are watched: the source of its facts. */
import type { Clock } from '../../../core/clock.ts'
import type { BasePolicy } from '../../../core/policy.ts'
import type { PolicyTelemetry } from '../../../core/telemetry.ts'
import type { FactSource } from '../facts/fact-store.ts'
import type { FactLocation } from '../wire/facts.ts'

export interface ViewContext {
  readonly policy: BasePolicy
  /** What exporters show of its kind. */
  readonly telemetry: PolicyTelemetry
  /** The id of its fact. */
  readonly id: string
  /** Unique among the policies of its kind at its location. */
  readonly name: string
  readonly location: FactLocation
  readonly clock: Clock
}

export interface PolicyView extends FactSource {
  readonly context: ViewContext
  /** Unsubscribes from the policy. */
  stop(): void
}
