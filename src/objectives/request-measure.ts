/**
 * Requests as the indicator: counted in short batches, which then go into a ring.
 *
 * A request costs one comparison and one addition; once a batch the clock is read and the ring turned. Batches begin where
 * the wall clock shows a multiple of their length, so that those of a minute are minutes, and none lies in two months.
 * Where the component is known to be down and no requests have come for longer than usual, that silence is kept beside the
 * counts, in ms: a caller who stays away from what is down would else make the ratio better.
 */

import type { SavedCounts } from '../availability/snapshot/saved-objectives.ts'
import type { TrackerState } from '../availability/state/tracker-state.ts'
import type { Clock } from '../core/clock.ts'
import type { Milliseconds } from '../core/duration.ts'
import { CountRing, type Level } from './count-ring.ts'
import type { IndicatorReading, Measure } from './measure.ts'
import type { Period } from './period.ts'
import { PeriodTally } from './period-tally.ts'
import { Account } from './time-measure.ts'

const GOOD = 0
const BAD = 1
const SILENT = 2

export interface Counting {
  readonly ledger: TrackerState
  readonly period: Period
  readonly levels: readonly Level[]
  /** The length of a batch. */
  readonly width: Milliseconds
  /** Whose downtime makes silence bad. */
  readonly bound: string | undefined
  /** Told when a batch is over. */
  readonly turned: (now: number) => void
}

export class RequestMeasure implements Measure {
  protected readonly width: Milliseconds
  protected good = 0
  protected bad = 0
  readonly #counting: Counting
  readonly #ledger: TrackerState
  readonly #clock: Clock
  readonly #account: Account | undefined
  readonly #ring: CountRing
  readonly #tally: PeriodTally
  readonly #anchor: number
  readonly #began: number
  /** When nobody counted. */
  readonly #away: SavedCounts['away']
  #batch: number
  #lifetime = { good: 0, bad: 0 }
  /** When the batch is over, by the monotonic clock. */
  #turnsAt: Milliseconds
  /** Where the latest batch with a request in it ended. */
  #heard: number

  constructor(counting: Counting, saved: SavedCounts | null | undefined) {
    const { ledger, period, levels, width, bound } = counting
    const now = ledger.now()
    this.width = width
    this.#counting = counting
    this.#ledger = ledger
    this.#clock = ledger.time.clock
    this.#account = bound === undefined ? undefined : new Account(ledger, bound)
    this.#tally = new PeriodTally(ledger, period)
    const columns = bound === undefined ? 2 : 3
    const before = saved != null && fits(saved, levels, columns, width) ? saved : undefined
    this.#anchor = before?.anchor ?? anchorOf(ledger, now, width)
    this.#began = before?.began ?? now
    this.#batch = before?.batch ?? this.#anchor
    this.#heard = now
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
      const now = this.#ledger.now()
      this.settle(now)
      this.#counting.turned(now)
    }
    this.good += good
    this.bad += bad
  }

  settle(now: number): void {
    const start = this.#batch
    const next = this.#anchor + Math.floor((now - this.#anchor) / this.width) * this.width
    const heard = this.close(start, next > start)
    if (heard) this.#heard = Math.max(this.#heard, start + this.width)
    if (next <= start) return
    this.#batch = next
    this.#turnsAt = this.#ledger.time.time(now) + next + this.width - now
    const quiet = Math.max(start, this.#heard)
    if (this.#account !== undefined && next > quiet) this.silence(this.#account, quiet, next)
  }

  read(now: number, length: Milliseconds): IndicatorReading {
    return this.reading(this.#ring.totals(now, length), this.#observed(now - length, now), now)
  }

  inPeriod(now: number): IndicatorReading {
    const { from } = this.#counting.period.at(this.#ledger.time, now)
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

  /** Puts what has come into the ring; whether anything has. */
  protected close(start: number, _over: boolean): boolean {
    const { good, bad } = this
    if (good + bad === 0) return false
    this.add(start, good, bad, 0)
    this.good = this.bad = 0
    return true
  }

  /** Nothing has come in [from, to), which is whole batches. */
  protected silence(account: Account, from: number, to: number): void {
    const usual = this.#usual(to)
    const start = Math.max(from, this.#heard + (usual === null ? 0 : 1 / usual))
    const downtime = (since: number, until: number): number => account.sums(since, until, to).downtime
    if (start >= to || downtime(start, to) === 0) return
    this.#ring.spread(SILENT, start, to, downtime)
    this.#tally.addTime(start, to, downtime)
  }

  protected reading(counts: readonly number[], observed: Milliseconds, now: number): IndicatorReading {
    const [good, bad, silent] = counts as [number, number, number | undefined]
    if (!silent) return { good, bad, absent: 0, observed }
    // Where nothing ever came, any rate says the same: all of it was bad.
    return { good, bad, absent: silent * (this.#usual(now) ?? 1), observed }
  }

  /** Adds what a batch that began at `start` gave, `at` an instant in the ring. */
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

  /** Requests a ms while it was not silent, over a period; null where there were none. */
  #usual(now: number): number | null {
    const { length } = this.#counting.period.options
    const [good, bad, silent] = this.#ring.totals(now, length) as [number, number, number]
    if (good + bad === 0) return null
    return (good + bad) / Math.max(this.width, this.#observed(now - length, now) - silent)
  }
}

/** The latest instant at which the wall clock showed a multiple of `width`. */
export function anchorOf(ledger: TrackerState, now: number, width: Milliseconds): number {
  return now - (ledger.time.wall(now) % width)
}

/** Of another period, other tiers or another kind nothing can be taken over. */
function fits(saved: SavedCounts, levels: readonly Level[], columns: number, width: Milliseconds): boolean {
  const cells = levels.reduce((sum, { buckets }) => sum + (buckets + 1) * columns, 0)
  return (
    saved.width === width &&
    saved.cells.length === cells &&
    saved.heads.length === levels.length &&
    saved.levels.every(([was], index) => was === levels[index]?.width)
  )
}
