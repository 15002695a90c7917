/** Counts one kind of event as its telemetry says, in the series of the policy or member it is about. */
import type { EventBase } from '../core/events.ts'
import type { EventCounterTelemetry } from '../core/telemetry.ts'
import type { PolicyFamilies } from './policy-families.ts'
import type { Series } from './series.ts'
import type { Counter } from './sink.ts'

/** A payload whose fields the telemetry names. */
export type EventPayload = EventBase & Readonly<Record<string, unknown>>

export class EventCounter {
  readonly #telemetry: EventCounterTelemetry
  readonly #counter: Counter

  constructor(telemetry: EventCounterTelemetry, families: PolicyFamilies) {
    this.#telemetry = telemetry
    this.#counter = families.counter(telemetry.metric)
  }

  /** Begins the series at 0, so that `increase` sees the first event, too. */
  begin(series: Series): void {
    const { labels, by } = this.#telemetry
    if (by === undefined) series.add(this.#counter, { ...labels }, 0)
    else for (const value of by.initial) series.add(this.#counter, { ...labels, [by.label]: value }, 0)
  }

  count(series: Series, payload: EventPayload): void {
    const { labels, by } = this.#telemetry
    if (by === undefined) {
      series.add(this.#counter, { ...labels }, 1)
      return
    }
    const value = String(payload[by.field])
    series.add(this.#counter, { ...labels, [by.label]: by.rename?.[value] ?? value }, 1)
  }
}
