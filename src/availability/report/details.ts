/** The figures of a report that need single outages, from a snapshot of them and of their timestamps. */
import type { Milliseconds } from '../../core/duration.ts'
import type { Sums } from '../accounting/sums.ts'
import type { Component } from '../components/component.ts'
import { type Outage, type OutageContext, outageOf } from '../outages/outage.ts'
import { mean, span } from '../outages/timestamps.ts'
import type { OutageSnapshot, TrackedOutage } from '../outages/tracked-outage.ts'
import type { TrackerState } from '../state/tracker-state.ts'
import { type ClosedOutage, type PhaseMeans, phaseMeans, type RepairTimes, repairTimes } from './phase-means.ts'
import type { OutageLengths } from './report-fields.ts'

interface OutageBounds {
  readonly from: number
  readonly to: number
  /** `to`, or now where that is earlier. */
  readonly end: number
  readonly recovery: Milliseconds | null
  readonly open: TrackedOutage | undefined
  readonly sums: (from: number, to: number) => Sums
}

export class ReportDetails {
  readonly #tracker: TrackerState
  readonly #told: OutageContext
  readonly #outages: OutageSnapshot
  readonly #bounds: OutageBounds
  readonly #stamps: ReturnType<Component['stamps']['within']>
  #phases: PhaseMeans | undefined = undefined

  constructor(tracker: TrackerState, component: Component, outages: OutageSnapshot, bounds: OutageBounds) {
    this.#tracker = tracker
    this.#told = { name: component.name, reasons: component.reasons }
    this.#outages = outages
    this.#bounds = bounds
    const first = outages.length === 0 ? bounds.to : outages.get(0).start
    this.#stamps = component.stamps.within(first, bounds.end)
  }

  /** Mean up time between two outages, both seen: the time that served between the first and the last, shared out. */
  get meanUp(): Milliseconds | null {
    const { from, to, sums } = this.#bounds
    const { length } = this.#outages
    // An outage that only touches the window has its end, or its start, on the edge.
    const last = length > 0 && this.#outages.get(length - 1).start >= to ? length - 2 : length - 1
    const first = length > 0 && this.#outages.get(0).end < from ? 1 : 0
    if (last <= first) return null
    return sums(this.#outages.get(first).end, this.#outages.get(last).start).operating / (last - first)
  }

  /** Only the first outage of all can have begun unseen, or one after time without data. */
  get censoredStarts(): number {
    let count = 0
    for (let index = 0; index < Math.min(this.#outages.length, 1); index++) {
      if (this.#outages.get(index).startCensored) count++
    }
    return count
  }

  get detection(): Milliseconds | null {
    if (this.#stamps.all.length === 0) return null
    const { from, to } = this.#bounds
    const started = this.#all.filter(({ startCensored, start }) => !startCensored && start >= from && start < to)
    return mean(started.map(({ start, end }) => span(start, this.#stamps.of(start, end).detected)))
  }

  get repairTimes(): RepairTimes {
    const { recovery } = this.#bounds
    if (this.#stamps.all.length === 0) return { recovery, repair: null, respond: null, resolve: null }
    return { ...repairTimes(this.#closed), recovery }
  }

  get phases(): PhaseMeans {
    this.#phases ??= phaseMeans(this.#stamps.all.length === 0 ? [] : this.#closed)
    return this.#phases
  }

  get longest(): Milliseconds | null {
    if (this.#outages.length === 0) return null
    return this.#all.reduce((longest, outage) => Math.max(longest, this.#netOf(outage)), 0)
  }

  /** Nearest rank, over the outages that ended. */
  get lengths(): OutageLengths | null {
    const nets = Float64Array.from(this.#ended, ({ net }) => net).sort()
    if (nets.length === 0) return null
    const rank = (ratio: number): number => nets[Math.max(0, Math.ceil(ratio * nets.length) - 1)] as number
    const middle = nets.length >> 1
    const median =
      nets.length % 2 === 1 ? (nets[middle] as number) : ((nets[middle - 1] as number) + (nets[middle] as number)) / 2
    return { count: nets.length, median, p90: rank(0.9), p99: rank(0.99), max: rank(1) }
  }

  get outages(): readonly Outage[] {
    return this.#all.map((outage) => outageOf(this.#told, this.#stamps, outage, this.#tracker.time))
  }

  /** In operating time since the start of the window, as failures happen in nothing else. */
  get failureTimes(): { readonly failures: readonly Milliseconds[]; readonly until: Milliseconds } {
    const { from, to, end, sums } = this.#bounds
    const started = this.#all.filter(({ startCensored, start }) => !startCensored && start >= from && start < to)
    const at = (time: number): number => sums(from, time).operating
    return { failures: started.map(({ start }) => at(start)).filter((time) => time > 0), until: at(end) }
  }

  get #all(): readonly TrackedOutage[] {
    return this.#outages.toArray()
  }

  get #ended(): readonly TrackedOutage[] {
    const { from, to } = this.#bounds
    return this.#all.filter(({ open, end }) => !open && end > from && end <= to)
  }

  get #closed(): readonly ClosedOutage[] {
    return this.#ended.map(({ start, end, net, startCensored }) => {
      return { start: startCensored ? undefined : start, end, net, stamps: this.#stamps.of(start, end) }
    })
  }

  #netOf(outage: TrackedOutage): number {
    const { open, end, sums } = this.#bounds
    return outage.start === open?.start ? sums(outage.start, end).downtime : outage.net
  }
}
