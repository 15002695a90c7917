/**
 * The members of one policy as they are when the exporter collects, and the policies that guard them.
 *
 * Members come and go. Invariant: exactly those that the cardinality limit admits have series and watched guards.
 */
import type { BasePolicy } from '../core/policy.ts'
import { PolicySubscriptions } from '../core/policy-subscriptions.ts'
import type { MembersTelemetry } from '../core/telemetry.ts'
import { EventCounter, type EventPayload } from './event-counter.ts'
import type { PolicyLocation, PolicyWatch, WatchContext } from './policy-location.ts'
import { Series } from './series.ts'
import type { Labels } from './sink.ts'

interface MemberSeries {
  readonly series: Series
  readonly guard: BasePolicy | undefined
  readonly watches: readonly PolicyWatch[]
}

/** Watches the policies inside of a guard. */
export type WatchInside = (guard: BasePolicy, labels: Labels) => readonly PolicyWatch[]

export class MembersWatch implements PolicyWatch {
  readonly #location: PolicyLocation
  readonly #telemetry: MembersTelemetry
  readonly #context: WatchContext
  readonly #watchInside: WatchInside
  readonly #series: Series
  readonly #subscriptions: PolicySubscriptions
  readonly #counters: readonly EventCounter[]
  readonly #members = new Map<string, MemberSeries>()

  constructor(location: PolicyLocation, telemetry: MembersTelemetry, context: WatchContext, watchInside: WatchInside) {
    this.#location = location
    this.#telemetry = telemetry
    this.#context = context
    this.#watchInside = watchInside
    this.#series = new Series(location.labels)
    this.#subscriptions = new PolicySubscriptions(location.policy, context.errors.count)
    this.#counters = Object.entries(location.telemetry.events).flatMap(([event, { counter }]) =>
      counter?.ofMember ? this.#counterOf(event, new EventCounter(counter, context.families)) : [],
    )
    this.#subscriptions.onOwn(telemetry.changedBy, () => this.#synchronise())
    this.#synchronise()
  }

  collect(): void {
    this.#synchronise()
    const { families } = this.#context
    const { states, stateOf, status, gauges, count } = this.#telemetry
    const counts = new Map(states.map((state) => [state, 0]))
    for (const member of this.#telemetry.list(this.#location.policy)) {
      const state = stateOf(member)
      counts.set(state, (counts.get(state) as number) + 1)
      const watched = this.#members.get(member.name)
      if (watched === undefined) continue
      const { series } = watched
      series.refresh(() => {
        series.setState(families.gauge(status), states, state)
        for (const gauge of Object.values(gauges)) series.set(families.gauge(gauge.metric), {}, gauge.read(member))
      })
      for (const watch of watched.watches) watch.collect()
    }
    this.#series.refresh(() => {
      for (const [state, members] of counts) this.#series.set(families.gauge(count), { state }, members)
    })
  }

  stop(): void {
    this.#subscriptions.close()
    for (const name of [...this.#members.keys()]) this.#remove(name)
    this.#series.drop()
  }

  #counterOf(event: string, counter: EventCounter): EventCounter {
    this.#subscriptions.onOwn<EventPayload>(event, (payload) => {
      const series = this.#members.get(payload.member as string)?.series
      if (series !== undefined) counter.count(series, payload)
    })
    return counter
  }

  /** Adds new members, and removes those that left. A member that came back under its name is another one. */
  #synchronise(): void {
    const { policy } = this.#location
    const guards = this.#telemetry.guards(policy)
    const names = new Set(this.#telemetry.list(policy).map(({ name }) => name))
    for (const [name, { guard }] of [...this.#members]) {
      if (!names.has(name) || guard !== guards.get(name)) this.#remove(name)
    }
    for (const name of names) if (!this.#members.has(name)) this.#add(name, guards.get(name))
  }

  #add(name: string, guard: BasePolicy | undefined): void {
    if (!this.#context.members.admit(this.#key(name))) return
    const labels = { ...this.#location.labels, member: name }
    const series = new Series(labels)
    for (const counter of this.#counters) counter.begin(series)
    const watches = guard === undefined ? [] : this.#watchInside(guard, labels)
    this.#members.set(name, { series, guard, watches })
  }

  #remove(name: string): void {
    const { watches, series } = this.#members.get(name) as MemberSeries
    this.#members.delete(name)
    for (const watch of watches) watch.stop()
    series.drop()
    this.#context.members.release(this.#key(name))
  }

  #key(name: string): string {
    return JSON.stringify([this.#location.labels, name])
  }
}
