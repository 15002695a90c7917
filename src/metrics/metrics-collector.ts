/**
 * Collects everything an exporter shows: policies, and a tracker with its components and objectives.
 *
 * Rare events are written as they happen. Everything else is read when `collect` is called, all at one instant. Nothing here
 * throws into a call, or into the caller of `collect`.
 */

import type { Milliseconds } from '../core/duration.ts'
import type { BasePolicy } from '../core/policy.ts'
import type { AvailabilityTracker } from '../full-tracker/availability-tracker.ts'
import { CardinalityLimit } from './cardinality-limit.ts'
import { ComponentMetrics } from './component-metrics.ts'
import { ExporterErrors } from './exporter-errors.ts'
import { ObjectiveMetrics } from './objective-metrics.ts'
import { PolicyFamilies } from './policy-families.ts'
import { PolicyMetrics } from './policy-metrics.ts'
import type { MetricSink } from './sink.ts'

/** Resolved options. */
export interface CollectorOptions {
  readonly tracker: AvailabilityTracker | undefined
  readonly windows: readonly Milliseconds[]
  readonly maxComponents: number
  readonly maxMembers: number
  /** Upper bounds in seconds; undefined where durations of calls are not asked for. */
  readonly callDuration: readonly number[] | undefined
}

export class MetricsCollector {
  readonly errors: ExporterErrors
  readonly #policies: PolicyMetrics
  readonly #components: ComponentMetrics | undefined
  readonly #objectives: ObjectiveMetrics | undefined
  #stopped = false

  constructor(sink: MetricSink, { tracker, windows, maxComponents, maxMembers, callDuration }: CollectorOptions) {
    const errors = new ExporterErrors(sink)
    this.errors = errors
    this.#policies = new PolicyMetrics({
      errors,
      families: new PolicyFamilies(sink, callDuration),
      members: new CardinalityLimit('maxMembers', maxMembers, errors),
    })
    const limit = new CardinalityLimit('maxComponents', maxComponents, errors)
    this.#components = tracker && new ComponentMetrics(sink, errors, tracker, windows, limit)
    this.#objectives = tracker && new ObjectiveMetrics(sink, errors, tracker)
  }

  /** Subscribes to the policies and the tracker. */
  start(policies: readonly BasePolicy[]): void {
    for (const policy of policies) this.#policies.watch(policy)
    this.#components?.start()
  }

  /** Returns a function that stops watching. After `stop()` it does nothing. */
  watch(policy: BasePolicy): () => void {
    if (this.#stopped) return () => {}
    return this.#policies.watch(policy)
  }

  /** The names of the policies handed to the exporter. */
  get names(): Iterable<string> {
    return this.#policies.names
  }

  collect(): void {
    for (const metrics of [this.#components, this.#objectives, this.#policies]) {
      this.errors.guard('collect', () => metrics?.collect())
    }
  }

  /** Unsubscribes from everything, and removes the series of policies. */
  stop(): void {
    this.#stopped = true
    this.#policies.stop()
    this.#components?.stop()
  }
}
