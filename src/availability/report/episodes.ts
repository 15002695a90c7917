/**
 * Outages, read off a timeline once and kept, so that a window costs binary searches however many there were.
 *
 * An outage begins where the account turns to failing and ends where failing ends. Unknown time or maintenance between two
 * failing stretches is bridged: one outage, whose net length leaves the bridge out. Where the beginning was not seen
 * (nothing known before it) it is censored and no failure. Until something serves again, an outage counts as open.
 *
 * Invariants: outages are disjoint and in order, and only the last may be open; `#failures` and `#nets` hold the sums of
 * all before each. Where nothing is open, going on needs nothing but the time that was seen last; so a change in the past
 * takes back what came after the last instant before it at which something served.
 */
import { type Code, MAINTENANCE } from '../timeline/states.ts'
import { countBefore, countUpTo } from '../timeline/steps.ts'
import type { Mark, Timeline } from '../timeline/timeline.ts'
import { type Accounting, type Class, classOf } from './accounting.ts'

/** In the tracker's own time. */
export interface Stretch {
  start: number
  /** Where failing ended; now, where it has not. */
  end: number
  /** Nothing has served since. */
  open: boolean
  /** Its beginning was not seen. */
  startCensored: boolean
  /** It began where a maintenance ended. */
  plannedOverrun: boolean
  /** The latest instant before it at which something is known to have served; null where nothing was. */
  lastServed: number | null
  /** The first instant after it at which something served; null where nothing has. */
  nextServed: number | null
  /** Time failing. */
  net: number
  /** Time of neither kind lies inside. */
  bridged: boolean
  /** Time served lies inside, too short to end it. */
  merged: boolean
}

/** What was counted in a window. */
export interface Counted {
  readonly failures: number
  readonly restorations: number
  /** Time failing in those that ended. */
  readonly restoring: number
}

export class Episodes {
  readonly #timeline: Timeline
  readonly #accounting: Accounting
  readonly #mark: Mark
  #all: Stretch[] = []
  /** A report looks at the list as it is; it is copied before anything but the end of it changes. */
  #lent = false
  /** Failures, and time failing, of all before each. */
  readonly #failures: number[] = []
  readonly #nets: number[] = []
  /** Outages too short to count, by their start. */
  readonly #short: number[] = []
  #lastTime = Number.NEGATIVE_INFINITY
  #lastClass: Class = 'out'
  #lastCode: Code = -1
  #lastServed: number | null = null
  /** The last one as it stands now. */
  #shown: Stretch | undefined = undefined
  #count = 0

  constructor(timeline: Timeline, accounting: Accounting, mark: Mark) {
    this.#timeline = timeline
    this.#accounting = accounting
    this.#mark = mark
  }

  /** How many are known. */
  get length(): number {
    return this.#count
  }

  get(index: number): Stretch {
    return (index === this.#count - 1 ? this.#shown : this.#all[index]) as Stretch
  }

  /** Goes on to what is known at `now`, which never goes back. */
  look(now: number): this {
    this.#rewind()
    const timeline = this.#timeline
    for (let index = countUpTo(timeline, this.#lastTime); index < timeline.length; index++) {
      const time = timeline.timeAt(index)
      if (time > now) break
      this.#step(time, timeline.codeAt(index))
    }
    this.#show(now)
    return this
  }

  /** Those that touch [from, to] as they stand now, whatever becomes of them later. */
  picture(from: number, to: number): Picture {
    const [first, end] = this.touching(from, to)
    if (end - first > 1) this.#lent = true
    const last = end > first ? { ...this.get(end - 1) } : undefined
    return new Picture(this.#all, first, end, last)
  }

  /** Those that touch [from, to], as a range of indexes. */
  touching(from: number, to: number): readonly [first: number, end: number] {
    const first = this.#first((outage) => outage.open || outage.end >= from)
    return [
      first,
      Math.max(
        first,
        this.#first((outage) => outage.start > to),
      ),
    ]
  }

  /** Failures in [from, to), and what ended in (from, to]. */
  counts(from: number, to: number): Counted {
    const begun = this.#failuresBefore(this.#first((outage) => outage.start >= to))
    const ended = (time: number): number => this.#first((outage) => outage.open || outage.end > time)
    const [first, end] = [ended(from), ended(to)]
    return {
      failures: begun - this.#failuresBefore(this.#first((outage) => outage.start >= from)),
      restorations: end - first,
      restoring: this.#netBefore(end) - this.#netBefore(first),
    }
  }

  /** Outages in [from, to) that were too short to count. */
  short(from: number, to: number): number {
    return this.#short.filter((start) => start >= from && start < to).length
  }

  /** Lets go of what had ended by `time`. */
  forget(time: number): void {
    const gone = this.#first((outage) => outage.open || outage.end > time)
    this.#all = this.#all.slice(gone)
    this.#lent = false
    this.#failures.splice(0, gone)
    this.#nets.splice(0, gone)
    this.#count -= gone
  }

  /** The first index from which on `holds`, which never changes back. */
  #first(holds: (outage: Stretch) => boolean): number {
    let low = 0
    let high = this.#count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (holds(this.get(middle))) high = middle
      else low = middle + 1
    }
    return low
  }

  #failuresBefore(index: number): number {
    if (index < this.#all.length) return this.#failures[index] as number
    return index === 0 ? 0 : (this.#failures[index - 1] as number) + countOf(this.get(index - 1))
  }

  #netBefore(index: number): number {
    if (index < this.#all.length) return this.#nets[index] as number
    return index === 0 ? 0 : (this.#nets[index - 1] as number) + this.get(index - 1).net
  }

  /** The last one was none. */
  #drop(): void {
    if (this.#lent) this.#all = [...this.#all]
    this.#lent = false
    this.#all.pop()
    this.#failures.pop()
    this.#nets.pop()
  }

  #show(now: number): void {
    const last = this.#all.at(-1)
    this.#count = this.#all.length
    this.#shown = last
    if (last === undefined) return
    const failing = last.open && this.#lastClass === 'failing' ? now - this.#lastTime : 0
    if (failing > 0) this.#shown = { ...last, end: now, net: last.net + failing }
    if ((this.#shown as Stretch).net < this.#accounting.confirmDown) {
      this.#count--
      this.#shown = this.#all[this.#count - 1]
    }
  }

  #step(time: number, code: Code): void {
    const kind = classOf(code, this.#accounting)
    const last = this.#all.at(-1)
    const open = last?.open ? last : undefined
    if (this.#lastClass === 'serving') this.#lastServed = time
    else if (this.#lastClass === 'failing' && open !== undefined) {
      open.net += time - this.#lastTime
      open.end = time
    }
    if (kind === 'serving' && open !== undefined) {
      open.open = false
      open.nextServed = time
    } else if (kind === 'failing') {
      if (open === undefined) this.#begin(time, last)
      else if (open.end < time) open.bridged = true
    }
    this.#lastTime = time
    this.#lastClass = kind
    this.#lastCode = code
  }

  #begin(start: number, last: Stretch | undefined): void {
    const { mergeGap, confirmDown } = this.#accounting
    if (last !== undefined && start - last.end < mergeGap) {
      last.open = true
      last.nextServed = null
      last.merged = true
      return
    }
    if (last !== undefined && last.net < confirmDown) {
      this.#drop()
      this.#short.push(last.start)
    }
    const plannedOverrun = this.#lastCode === MAINTENANCE && this.#lastClass === 'out'
    const before = this.#all.at(-1)
    this.#failures.push(before === undefined ? 0 : (this.#failures.at(-1) as number) + countOf(before))
    this.#nets.push(before === undefined ? 0 : (this.#nets.at(-1) as number) + before.net)
    this.#all.push({
      start,
      end: start,
      open: true,
      startCensored: this.#lastServed === null && !plannedOverrun,
      plannedOverrun,
      lastServed: plannedOverrun ? start : this.#lastServed,
      nextServed: null,
      net: 0,
      bridged: false,
      merged: false,
    })
  }

  /** Takes back what was made of transitions that have changed since. */
  #rewind(): void {
    const changed = this.#mark.from
    this.#mark.from = Number.POSITIVE_INFINITY
    if (changed > this.#lastTime) return
    let from = changed
    let index = -1
    for (;;) {
      index = countBefore(this.#timeline, from) - 1
      while (index >= 0 && classOf(this.#timeline.codeAt(index), this.#accounting) !== 'serving') index--
      const served = index < 0 ? Number.NEGATIVE_INFINITY : this.#timeline.timeAt(index)
      let reaching = from
      while (this.#all.length > 0) {
        const last = this.#all.at(-1) as Stretch
        if (!last.open && last.end <= served) break
        reaching = Math.min(reaching, last.start)
        this.#drop()
      }
      // One that was merged may reach further back than the time that served last.
      if (reaching >= served) break
      from = reaching
    }
    while (this.#short.length > 0 && (this.#short.at(-1) as number) >= from) this.#short.pop()
    this.#lastTime = index < 0 ? Number.NEGATIVE_INFINITY : this.#timeline.timeAt(index)
    this.#lastClass = index < 0 ? 'out' : 'serving'
    this.#lastCode = index < 0 ? -1 : this.#timeline.codeAt(index)
    this.#lastServed = null
  }
}

/** Some outages at one moment. Invariant: in the list all but the last stay as they are. */
export class Picture {
  readonly length: number
  readonly #list: readonly Stretch[]
  readonly #first: number
  readonly #last: Stretch | undefined

  constructor(list: readonly Stretch[], first: number, end: number, last: Stretch | undefined) {
    this.#list = list
    this.#first = first
    this.length = end - first
    this.#last = last
  }

  get(index: number): Stretch {
    return (index === this.length - 1 ? this.#last : this.#list[this.#first + index]) as Stretch
  }

  toArray(): Stretch[] {
    return Array.from({ length: this.length }, (_, index) => this.get(index))
  }
}

function countOf({ startCensored }: Stretch): number {
  return startCensored ? 0 : 1
}
