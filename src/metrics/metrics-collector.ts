/**
 * All that an exporter shows: of policies, and of a tracker with its components and objectives.
 *
 * What happens seldom is written as it happens; everything else when `collect` is called, all of one instant. Nothing here
 * ever throws into a call, or into who collects.
 */
import type { AvailabilityTracker } from '../availability/availability-tracker.ts'
import type { Milliseconds } from '../core/duration.ts'
import type { BasePolicy } from '../core/policy.ts'
import { ComponentMetrics } from './component-metrics.ts'
import { ExporterErrors } from './exporter-errors.ts'
import { ObjectiveMetrics } from './objective-metrics.ts'
import { CardinalityLimit } from './cardinality-limit.ts'
import { familiesOf } from './policy-instruments.ts'
import { PolicyMetrics } from './policy-metrics.ts'
import type { Sink } from './sink.ts'

/** What it is told, resolved. */
export interface CollectorOptions {
  readonly tracker: AvailabilityTracker | undefined
  readonly windows: readonly Milliseconds[]
  readonly maxComponents: number
  readonly maxMembers: number
  /** Bounds in seconds, where durations of calls are asked for. */
  readonly callDuration: readonly number[] | undefined
}

export class MetricsCollector {
  readonly errors: ExporterErrors
  readonly #policies: PolicyMetrics
  readonly #components: ComponentMetrics | undefined
  readonly #objectives: ObjectiveMetrics | undefined
  #stopped = false

  constructor(sink: Sink, { tracker, windows, maxComponents, maxMembers, callDuration }: CollectorOptions) {
    const errors = new ExporterErrors(sink)
    this.errors = errors
    this.#policies = new PolicyMetrics({
      errors,
      families: familiesOf(sink, callDuration),
      members: new CardinalityLimit('maxMembers', maxMembers, errors),
    })
    const places = new CardinalityLimit('maxComponents', maxComponents, errors)
    this.#components = tracker && new ComponentMetrics(sink, errors, tracker, windows, places)
    this.#objectives = tracker && new ObjectiveMetrics(sink, errors, tracker)
  }

  /** Begins to listen. */
  start(policies: readonly BasePolicy[]): void {
    for (const policy of policies) this.#policies.watch(policy)
    this.#components?.start()
  }

  /** Gives a function that ends it. Once all has stopped nothing begins any more. */
  watch(policy: BasePolicy): () => void {
    if (this.#stopped) return () => {}
    return this.#policies.watch(policy)
  }

  /** Of the policies that are watched for themselves. */
  get names(): Iterable<string> {
    return this.#policies.names
  }

  collect(): void {
    for (const part of [this.#components, this.#objectives, this.#policies]) {
      this.errors.guard('collect', () => part?.collect())
    }
  }

  /** Lets go of everything; its series are gone. */
  stop(): void {
    this.#stopped = true
    this.#policies.stop()
    this.#components?.stop()
  }
}
