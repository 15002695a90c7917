/**
 * Requests as the indicator: counted in short batches, which then go into a ring.
 *
 * A request costs one comparison and one addition; once a batch the clock is read and the ring turned. Batches begin where
 * the wall clock shows a multiple of their length, so that those of a minute are minutes, and none lies in two months.
 * Where the component is known to be down and no requests have come for longer than usual, that silence is kept beside the
 * counts, in ms: a caller who stays away from what is down would else make the ratio better.
 */
import type { Clock } from '../../core/clock.ts'
import type { Milliseconds } from '../../core/duration.ts'
import type { Ledger } from '../ledger.ts'
import { CountRing, type Level } from './count-ring.ts'
import type { Measure, Reading } from './measure.ts'
import type { Period } from './period.ts'
import { Account } from './time-measure.ts'

const GOOD = 0
const BAD = 1
const SILENT = 2

export interface Counting {
  readonly ledger: Ledger
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
  protected readonly began: number
  protected good = 0
  protected bad = 0
  readonly #ledger: Ledger
  readonly #clock: Clock
  readonly #period: Period
  readonly #turned: (now: number) => void
  readonly #account: Account | undefined
  readonly #ring: CountRing
  /** The same since the calendar's period began, exactly. */
  readonly #tally = new Float64Array(3)
  #tallied = Number.NaN
  readonly #anchor: number
  #batch: number
  /** When the batch is over, by the monotonic clock. */
  #turnsAt: Milliseconds
  /** Where the latest batch with a request in it ended. */
  #heard: number

  constructor({ ledger, period, levels, width, bound, turned }: Counting) {
    const now = ledger.now()
    this.width = width
    this.began = now
    this.#ledger = ledger
    this.#clock = ledger.time.clock
    this.#period = period
    this.#turned = turned
    this.#account = bound === undefined ? undefined : new Account(ledger, bound)
    this.#anchor = anchorOf(ledger, now, width)
    this.#ring = new CountRing(levels, bound === undefined ? 2 : 3, this.#anchor, now)
    this.#batch = this.#anchor
    this.#heard = now
    this.#turnsAt = this.#clock.now() + this.#anchor + width - now
  }

  count(good: number, bad: number): void {
    const recent = this.#clock.recent?.() ?? this.#clock.now()
    if (recent >= this.#turnsAt) {
      const now = this.#ledger.now()
      this.settle(now)
      this.#turned(now)
    }
    this.good += good
    this.bad += bad
  }

  settle(now: number): void {
    const start = this.#batch
    const next = this.#anchor + Math.floor((now - this.#anchor) / this.width) * this.width
    const heard = this.close(start, next > start)
    if (heard) this.#heard = start + this.width
    if (next <= start) return
    this.#batch = next
    this.#turnsAt = this.#ledger.time.time(now) + next + this.width - now
    const quiet = Math.max(start, this.#heard)
    if (this.#account !== undefined && next > quiet) this.silence(this.#account, quiet, next)
  }

  read(now: number, length: Milliseconds): Reading {
    const observed = Math.min(length, now - this.began)
    return this.reading(this.#ring.totals(now, length), observed, now)
  }

  inPeriod(now: number): Reading {
    const { from, fromAt } = this.#period.at(this.#ledger.time, now)
    const counts = this.#tallied === fromAt ? [...this.#tally] : [0, 0, 0]
    return this.reading(counts, now - Math.max(from, this.began), now)
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
    if (this.#period.options.calendar === null) return
    const { from: first } = this.#openTally(to)
    this.#tally[SILENT] = (this.#tally[SILENT] as number) + downtime(Math.max(first, start), Math.max(first, to))
  }

  protected reading(counts: readonly number[], observed: Milliseconds, now: number): Reading {
    const [good, bad, silent] = counts as [number, number, number | undefined]
    if (!silent) return { good, bad, absent: 0, observed }
    // Where nothing ever came, any rate says the same: all of it was bad.
    return { good, bad, absent: silent * (this.#usual(now) ?? 1), observed }
  }

  /** Adds what a batch that began at `start` gave, `at` an instant in the ring. */
  protected add(start: number, good: number, bad: number, absent: number, at = start): void {
    const counts = [good, bad, absent]
    for (const column of [GOOD, BAD, SILENT]) {
      const amount = counts[column] as number
      if (amount > 0) this.#ring.add(column, Math.max(at, this.began), amount)
    }
    if (this.#period.options.calendar === null) return
    this.#openTally(start)
    for (const column of [GOOD, BAD, SILENT]) {
      this.#tally[column] = (this.#tally[column] as number) + (counts[column] as number)
    }
  }

  #openTally(time: number) {
    const bounds = this.#period.at(this.#ledger.time, time)
    if (bounds.fromAt !== this.#tallied) this.#tally.fill(0)
    this.#tallied = bounds.fromAt
    return bounds
  }

  /** Requests a ms while it was not silent, over a period; null where there were none. */
  #usual(now: number): number | null {
    const { length } = this.#period.options
    const [good, bad, silent] = this.#ring.totals(now, length) as [number, number, number]
    if (good + bad === 0) return null
    return (good + bad) / Math.max(this.width, Math.min(length, now - this.began) - silent)
  }
}

/** The latest instant at which the wall clock showed a multiple of `width`. */
export function anchorOf(ledger: Ledger, now: number, width: Milliseconds): number {
  return now - (ledger.time.wall(now) % width)
}
