/** The events and gauges of one policy: events are counted as they happen, gauges are read when the exporter collects. */
import { PolicySubscriptions } from '../core/policy-subscriptions.ts'
import { EventCounter, type EventPayload } from './event-counter.ts'
import type { PolicyLocation, PolicyWatch, WatchContext } from './policy-location.ts'
import { Series } from './series.ts'

export class EventsWatch implements PolicyWatch {
  readonly #location: PolicyLocation
  readonly #context: WatchContext
  readonly #series: Series
  readonly #subscriptions: PolicySubscriptions

  constructor(location: PolicyLocation, context: WatchContext) {
    const { policy, telemetry, labels } = location
    const { families, errors } = context
    this.#location = location
    this.#context = context
    const series = new Series(labels)
    this.#series = series
    this.#subscriptions = new PolicySubscriptions(policy, errors.count)
    for (const [event, { counter, histogram }] of Object.entries(telemetry.events)) {
      if (counter !== undefined && !counter.ofMember) {
        const counts = new EventCounter(counter, families)
        counts.begin(series)
        this.#subscriptions.onOwn<EventPayload>(event, (payload) => counts.count(series, payload))
      }
      if (histogram !== undefined) {
        const { metric, field } = histogram
        const observe = series.observer(families.histogram(metric), {})
        this.#subscriptions.onOwn<EventPayload>(event, (payload) => observe((payload[field] as number) / 1000))
      }
    }
  }

  collect(): void {
    const { policy, telemetry, saved } = this.#location
    const { families } = this.#context
    this.#series.refresh(() => {
      for (const gauge of Object.values(telemetry.gauges ?? {})) {
        this.#series.set(families.gauge(gauge.metric), {}, gauge.read(policy))
      }
    })
    if (telemetry.saves === undefined || saved === undefined) return
    const { metric, labels } = telemetry.saves
    this.#series.raise(families.counter(metric), labels, saved().get(policy.name) ?? 0)
  }

  stop(): void {
    this.#subscriptions.close()
    this.#series.drop()
  }
}
