/**
 * Requests as the indicator: counted in short batches, which are then added to a ring.
 *
 * A request costs one comparison and one addition; once a batch the clock is read and the ring advances. Batches begin at
 * multiples of their length on the wall clock, so that no batch is part of two minutes or two months. If the component is
 * known to be down and no requests have come for longer than usual, that silence is stored next to the counts, in ms:
 * otherwise callers that avoid a component which is down would improve the ratio.
 */

import type { SavedCounts } from '../availability/snapshot/saved-objectives.ts'
import type { TrackerState } from '../availability/state/tracker-state.ts'
import type { Clock } from '../core/clock.ts'
import type { Milliseconds } from '../core/duration.ts'
import { ComponentSums } from './component-sums.ts'
import { CountRing, type Level } from './count-ring.ts'
import type { IndicatorReading, Measure } from './measure.ts'
import type { Period } from './period.ts'
import { PeriodTally } from './period-tally.ts'

const GOOD = 0
const BAD = 1
const SILENT = 2

export interface Counting {
  readonly tracker: TrackerState
  readonly period: Period
  readonly levels: readonly Level[]
  /** The length of a batch. */
  readonly width: Milliseconds
  /** The component whose downtime makes silence bad. */
  readonly bound: string | undefined
  /** Called at the end of a batch. */
  readonly turned: (now: number) => void
}

export class RequestMeasure implements Measure {
  protected readonly width: Milliseconds
  protected good = 0
  protected bad = 0
  readonly #counting: Counting
  readonly #tracker: TrackerState
  readonly #clock: Clock
  readonly #component: ComponentSums | undefined
  readonly #ring: CountRing
  readonly #tally: PeriodTally
  readonly #anchor: number
  readonly #began: number
  /** Times in which the process did not run. */
  readonly #away: SavedCounts['away']
  #batch: number
  #lifetime = { good: 0, bad: 0 }
  /** The end of the batch, by the monotonic clock. */
  #turnsAt: Milliseconds
  /** The end of the latest batch with a request. */
  #lastRequest: number

  constructor(counting: Counting, saved: SavedCounts | null | undefined) {
    const { tracker, period, levels, width, bound } = counting
    const now = tracker.now()
    this.width = width
    this.#counting = counting
    this.#tracker = tracker
    this.#clock = tracker.time.clock
    this.#component = bound === undefined ? undefined : new ComponentSums(tracker, bound)
    this.#tally = new PeriodTally(tracker, period)
    const columns = bound === undefined ? 2 : 3
    const before = saved != null && fits(saved, levels, columns, width) ? saved : undefined
    this.#anchor = before?.anchor ?? anchorOf(tracker, now, width)
    this.#began = before?.began ?? now
    this.#batch = before?.batch ?? this.#anchor
    this.#lastRequest = now
    this.#away = before?.away ?? []
    this.#ring = new CountRing(levels, columns, this.#anchor, this.#began)
    if (before !== undefined) {
      this.#ring.restore(before)
      this.#tally.restore(before)
      this.good = before.good
      this.bad = before.bad
    }
    this.#turnsAt = this.#clock.now() + this.#batch + width - now
  }

  count(good: number, bad: number): void {
    const recent = this.#clock.recent?.() ?? this.#clock.now()
    if (recent >= this.#turnsAt) {
      const now = this.#tracker.now()
      this.settle(now)
      this.#counting.turned(now)
    }
    this.good += good
    this.bad += bad
  }

  settle(now: number): void {
    const start = this.#batch
    const next = this.#anchor + Math.floor((now - this.#anchor) / this.width) * this.width
    const any = this.close(start, next > start)
    if (any) this.#lastRequest = Math.max(this.#lastRequest, start + this.width)
    if (next <= start) return
    this.#batch = next
    this.#turnsAt = this.#tracker.time.time(now) + next + this.width - now
    const quiet = Math.max(start, this.#lastRequest)
    if (this.#component !== undefined && next > quiet) this.silence(this.#component, quiet, next)
  }

  read(now: number, length: Milliseconds): IndicatorReading {
    return this.reading(this.#ring.totals(now, length), this.#observed(now - length, now), now)
  }

  inPeriod(now: number): IndicatorReading {
    const { from } = this.#counting.period.at(this.#tracker.time, now)
    return this.reading(this.#tally.at(now), this.#observed(from, now), now)
  }

  lifetime(): Pick<IndicatorReading, 'good' | 'bad'> {
    return this.#lifetime
  }

  save(): SavedCounts {
    return {
      levels: this.#counting.levels.map(({ width, buckets }) => [width, buckets]),
      width: this.width,
      anchor: this.#anchor,
      began: this.#began,
      batch: this.#batch,
      good: this.good,
      bad: this.bad,
      ...this.#ring.save(),
      ...this.#tally.save(),
      away: this.#away,
    }
  }

  /** Moves the batch into the ring; false if it was empty. */
  protected close(start: number, _over: boolean): boolean {
    const { good, bad } = this
    if (good + bad === 0) return false
    this.add(start, good, bad, 0)
    this.good = this.bad = 0
    return true
  }

  /** Records [from, to), whole batches without a request. */
  protected silence(component: ComponentSums, from: number, to: number): void {
    const usual = this.#usual(to)
    const start = Math.max(from, this.#lastRequest + (usual === null ? 0 : 1 / usual))
    const downtime = (since: number, until: number): number => component.sums(since, until, to).downtime
    if (start >= to || downtime(start, to) === 0) return
    this.#ring.spread(SILENT, start, to, downtime)
    this.#tally.addTime(start, to, downtime)
  }

  protected reading(counts: readonly number[], observed: Milliseconds, now: number): IndicatorReading {
    const [good, bad, silent] = counts as [number, number, number | undefined]
    if (!silent) return { good, bad, absent: 0, observed }
    // Without any request every rate gives the same: all of it was bad.
    return { good, bad, absent: silent * (this.#usual(now) ?? 1), observed }
  }

  /** Adds the counts of a batch that began at `start`, in the ring at the instant `at`. */
  protected add(start: number, good: number, bad: number, absent: number, at = start): void {
    this.#lifetime = { good: this.#lifetime.good + good, bad: this.#lifetime.bad + bad }
    const counts = [good, bad, absent]
    for (const column of [GOOD, BAD, SILENT]) {
      const amount = counts[column] as number
      if (amount > 0) this.#ring.add(column, Math.max(at, this.#began), amount)
    }
    this.#tally.add(start, counts)
  }

  #observed(from: number, to: number): Milliseconds {
    let observed = to - Math.max(from, this.#began)
    for (const [start, end] of this.#away) observed -= Math.max(0, Math.min(end, to) - Math.max(start, from))
    return observed
  }

  /** Requests per ms outside of silence, over a period; null without requests. */
  #usual(now: number): number | null {
    const { length } = this.#counting.period.options
    const [good, bad, silent] = this.#ring.totals(now, length) as [number, number, number]
    if (good + bad === 0) return null
    return (good + bad) / Math.max(this.width, this.#observed(now - length, now) - silent)
  }
}

/** The latest instant at which the wall clock was a multiple of `width`. */
export function anchorOf(tracker: TrackerState, now: number, width: Milliseconds): number {
  return now - (tracker.time.wall(now) % width)
}

/** Whether saved counts are of the same period, tiers and kind of indicator. */
function fits(saved: SavedCounts, levels: readonly Level[], columns: number, width: Milliseconds): boolean {
  const cells = levels.reduce((sum, { buckets }) => sum + (buckets + 1) * columns, 0)
  return (
    saved.width === width &&
    saved.cells.length === cells &&
    saved.heads.length === levels.length &&
    saved.levels.every(([was], index) => was === levels[index]?.width)
  )
}
