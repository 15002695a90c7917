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
import { type Accounting, classOf } from './accounting.ts'
import { type Counted, countOf, nowhere, Picture, type Stretch, type WalkState } from './stretch.ts'

const keptShort = 5000

export class Episodes {
  readonly #timeline: Timeline
  readonly #accounting: Accounting
  readonly #mark: Mark
  #all: Stretch[] = []
  /** A report looks at the list as it is; it is copied before anything but the end of it changes. */
  #lent = false
  /** Failures, and time failing, of all before each. */
  #failures: number[] = []
  #nets: number[] = []
  /** Outages too short to count. */
  #short: Stretch[] = []
  #lastTime = nowhere.time
  #lastClass = nowhere.kind
  #lastCode = nowhere.code
  #lastServed = nowhere.served
  /** Where it stood at the end of what was let go of. */
  /** Where outages stood at the end of the archive. */
  base: WalkState
  /** The last one as it stands now. */
  #shown: Stretch | undefined = undefined
  #count = 0

  constructor(timeline: Timeline, accounting: Accounting, mark: Mark, base: WalkState = nowhere) {
    this.base = base
    this.#timeline = timeline
    this.#accounting = accounting
    this.#mark = mark
  }

  get length(): number {
    return this.#count
  }

  get(index: number): Stretch {
    return (index === this.#count - 1 ? this.#shown : this.#all[index]) as Stretch
  }

  /** Goes on to what is known at `now`, which never goes back. */
  look(now: number): this {
    this.#rewind(this.#mark.from)
    this.#mark.from = Number.POSITIVE_INFINITY
    this.#walk((time) => time <= now)
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
    const end = this.#first((outage) => outage.start > to)
    return [first, Math.max(first, end)]
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
    const last = this.#all.at(-1)
    const over = last !== undefined && this.#count < this.#all.length && !last.open ? [last] : []
    return [...this.#short, ...over].filter(({ start }) => start >= from && start < to).length
  }

  /** Lets go of what is over at `time`, and cannot be merged any more; gives the outages. The timeline lets go next. */
  forget(time: number): readonly Stretch[] {
    this.#rewind(Math.min(time, this.#mark.from))
    this.#mark.from = Number.POSITIVE_INFINITY
    this.#walk((next) => next < time)
    const last = this.#all.at(-1)
    const over = last !== undefined && !last.open && time - last.end >= this.#accounting.mergeGap
    const short = over && last.net < this.#accounting.confirmDown
    if (short) this.#short.push(last)
    const gone = over && !short ? this.#all : this.#all.slice(0, -1)
    this.base = {
      time: this.#lastTime,
      kind: this.#lastClass,
      code: this.#lastCode,
      served: this.#lastServed,
      last: over ? undefined : last && { ...last },
    }
    this.#stand()
    return gone
  }

  /** Stands where what was let go of ends. */
  #stand(): void {
    const { time, kind, code, served, last } = this.base
    this.#lastTime = time
    this.#lastClass = kind
    this.#lastCode = code
    this.#lastServed = served
    this.#all = last === undefined ? [] : [{ ...last }]
    this.#lent = false
    this.#failures = last === undefined ? [] : [0]
    this.#nets = last === undefined ? [] : [0]
  }

  #walk(reaches: (time: number) => boolean): void {
    const timeline = this.#timeline
    for (let index = countUpTo(timeline, this.#lastTime); index < timeline.length; index++) {
      const time = timeline.timeAt(index)
      if (!reaches(time)) break
      this.#step(time, timeline.codeAt(index))
    }
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

  /** The list may be changed: nobody looks at it. */
  #own(): Stretch[] {
    if (this.#lent) this.#all = [...this.#all]
    this.#lent = false
    return this.#all
  }

  #pop(): Stretch {
    this.#failures.pop()
    this.#nets.pop()
    return this.#own().pop() as Stretch
  }

  #push(outage: Stretch): void {
    const before = this.#all.at(-1)
    this.#failures.push(before === undefined ? 0 : (this.#failures.at(-1) as number) + countOf(before))
    this.#nets.push(before === undefined ? 0 : (this.#nets.at(-1) as number) + before.net)
    this.#all.push(outage)
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
      else if (open.end < time) {
        open.end = time
        open.bridged = true
      }
    }
    this.#lastTime = time
    this.#lastClass = kind
    this.#lastCode = code
  }

  #begin(start: number, last: Stretch | undefined): void {
    const { mergeGap, confirmDown } = this.#accounting
    if (last !== undefined && start - last.end < mergeGap) {
      // A picture may hold the one that was.
      this.#own()[this.#all.length - 1] = { ...last, end: start, open: true, nextServed: null, merged: true }
      return
    }
    if (last !== undefined && last.net < confirmDown) {
      this.#short.push(this.#pop())
      if (this.#short.length > keptShort) this.#short.splice(0, keptShort / 4)
    }
    const plannedOverrun = this.#lastCode === MAINTENANCE && this.#lastClass === 'out'
    this.#push({
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

  /** Takes back what was made of transitions at or after `changed`. */
  #rewind(changed: number): void {
    if (changed > this.#lastTime) return
    for (let from = changed; ; ) {
      let index = countBefore(this.#timeline, from) - 1
      while (index >= 0 && classOf(this.#timeline.codeAt(index), this.#accounting) !== 'serving') index--
      if (index < 0) {
        this.#stand()
        const { time } = this.base
        while (this.#short.length > 0 && (this.#short.at(-1) as Stretch).start > time) this.#short.pop()
        return
      }
      const served = this.#timeline.timeAt(index)
      from = this.#takeBack(served)
      // One that was merged may reach further back than the time that served last.
      if (from < served) continue
      this.#lastTime = served
      this.#lastClass = 'serving'
      this.#lastCode = this.#timeline.codeAt(index)
      this.#lastServed = null
      return
    }
  }

  /** Takes back outages that were not over by `served`, the short ones too; gives the beginning of the first. */
  #takeBack(served: number): number {
    let from = Number.POSITIVE_INFINITY
    for (;;) {
      const last = this.#all.at(-1)
      if (last !== undefined && (last.open || last.end > served)) {
        from = this.#pop().start
        continue
      }
      // A short one leaves the list when the next one begins, which is no more.
      const short = this.#short.at(-1)
      const least = Math.max(this.base.time, last?.start ?? Number.NEGATIVE_INFINITY)
      if (short === undefined || short.start < least) return from
      this.#short.pop()
      if (short.end <= served) {
        this.#push(short)
        return from
      }
      from = Math.min(from, short.start)
    }
  }
}
