/**
 * Outages, read off a timeline once and kept, so that a window costs binary searches however many there were.
 *
 * An outage begins where the account turns to failing and ends where failing ends. Unknown time or maintenance between two
 * failing stretches is bridged: one outage, whose net length leaves the bridge out; unless something served under the
 * maintenance, which ends it as service in the account does. Where the beginning was not seen (nothing known before it) it is
 * censored and no failure. Until something serves again, an outage counts as open.
 *
 * Invariants: outages are disjoint and in order, and only the last may be open. Where nothing is open, going on needs nothing
 * but the time that was seen last; so a change in the past takes back what came after the last instant before it at which
 * something served.
 */

import { type Accounting, classOf } from '../accounting/accounting.ts'
import { type Code, MAINTENANCE, SILENT, UNKNOWN } from '../timeline/states.ts'
import { codeAfter, countBefore, countUpTo } from '../timeline/steps.ts'
import type { ChangeMark, Timeline } from '../timeline/timeline.ts'
import { OutageList } from './outage-list.ts'
import { nowhere, type OutageCounts, OutageSnapshot, type TrackedOutage, type WalkState } from './tracked-outage.ts'

const keptShort = 5000

export class OutageIndex {
  readonly #timeline: Timeline
  readonly #accounting: Accounting
  readonly #mark: ChangeMark
  readonly #list = new OutageList()
  /** Outages too short to count. */
  #short: TrackedOutage[] = []
  #lastTime = nowhere.time
  #lastClass = nowhere.kind
  #lastCode = nowhere.code
  #lastServed = nowhere.served
  /** The state of the walk at the end of the archive. */
  base: WalkState
  /** The last one as it is now. */
  #shown: TrackedOutage | undefined = undefined
  #count = 0

  constructor(timeline: Timeline, accounting: Accounting, mark: ChangeMark, base: WalkState = nowhere) {
    this.base = base
    this.#timeline = timeline
    this.#accounting = accounting
    this.#mark = mark
  }

  get length(): number {
    return this.#count
  }

  get(index: number): TrackedOutage {
    return index === this.#count - 1 ? (this.#shown as TrackedOutage) : this.#list.get(index)
  }

  /** Goes on to what is known at `now`, which never goes back. */
  look(now: number): this {
    this.#rewind(this.#mark.from)
    this.#mark.from = Number.POSITIVE_INFINITY
    this.#walk((time) => time <= now)
    this.#show(now)
    return this
  }

  /** Those that touch [from, to] as they are now; later changes do not show in it. */
  snapshot(from: number, to: number): OutageSnapshot {
    const [first, end] = this.touching(from, to)
    const last = end > first ? { ...this.get(end - 1) } : undefined
    return new OutageSnapshot(end - first > 1 ? this.#list.lend() : [], first, end, last)
  }

  /** Those that touch [from, to], as a range of indexes. */
  touching(from: number, to: number): readonly [first: number, end: number] {
    const first = this.#first((outage) => outage.open || outage.end >= from)
    const end = this.#first((outage) => outage.start > to)
    return [first, Math.max(first, end)]
  }

  /** Failures in [from, to), and what ended in (from, to]. */
  counts(from: number, to: number): OutageCounts {
    const begun = (time: number): number => this.#first((outage) => outage.start >= time)
    const ended = (time: number): number => this.#first((outage) => outage.open || outage.end > time)
    const before = (index: number) => this.#list.before(index, this.#shown)
    const [first, end] = [ended(from), ended(to)]
    return {
      failures: before(begun(to)).failures - before(begun(from)).failures,
      restorations: end - first,
      restoring: before(end).net - before(first).net,
    }
  }

  /** Outages in [from, to) that were too short to count. */
  short(from: number, to: number): number {
    const { last } = this.#list
    const over = last !== undefined && this.#count < this.#list.length && !last.open ? [last] : []
    return [...this.#short, ...over].filter(({ start }) => start >= from && start < to).length
  }

  /** Lets go of what is over at `time`, and cannot be merged any more; gives the outages. The timeline lets go next. */
  forget(time: number): readonly TrackedOutage[] {
    this.#rewind(Math.min(time, this.#mark.from))
    this.#mark.from = Number.POSITIVE_INFINITY
    this.#walk((next) => next < time)
    const { last } = this.#list
    const over = last !== undefined && !last.open && time - last.end >= this.#accounting.mergeGap
    const short = over && last.net < this.#accounting.confirmDown
    if (short) this.#short.push(last)
    const all = this.#list.lend()
    const gone = over && !short ? all : all.slice(0, -1)
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

  /** Goes back to the end of what was archived. */
  #stand(): void {
    const { time, kind, code, served, last } = this.base
    this.#lastTime = time
    this.#lastClass = kind
    this.#lastCode = code
    this.#lastServed = served
    this.#list.begin(last)
  }

  #walk(reaches: (time: number) => boolean): void {
    const timeline = this.#timeline
    for (let index = countUpTo(timeline, this.#lastTime); index < timeline.length; index++) {
      const time = timeline.timeAt(index)
      this.#walkUnder((hidden) => hidden < time && reaches(hidden))
      if (!reaches(time)) return
      this.#step(time, timeline.codeAt(index))
    }
    this.#walkUnder(reaches)
  }

  /** Goes on with what lies under the present state, where that is out of the account. */
  #walkUnder(reaches: (time: number) => boolean): void {
    if (this.#lastClass !== 'out') return
    const { under } = this.#timeline
    for (let index = countUpTo(under, this.#lastTime); index < under.length; index++) {
      const time = under.timeAt(index)
      if (!reaches(time)) return
      if (this.#servedUnder(index)) this.#lastServed = time
      this.#lastTime = time
      if (this.#servedUnder(index + 1)) this.#close(time)
    }
  }

  /** Whether it served under the state of the account, after so many steps of what lies there. */
  #servedUnder(count: number): boolean {
    const code = codeAfter(this.#timeline.under, count, undefined)
    return code !== SILENT && classOf(code, this.#accounting) === 'serving'
  }

  /** It served from `time` on, so the outage is over. */
  #close(time: number): void {
    const { last } = this.#list
    if (!last?.open) return
    last.open = false
    last.nextServed = time
  }

  /** The first index from which on `holds`, which never changes back. */
  #first(holds: (outage: TrackedOutage) => boolean): number {
    let low = 0
    let high = this.#count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (holds(this.get(middle))) high = middle
      else low = middle + 1
    }
    return low
  }

  #show(now: number): void {
    const { last } = this.#list
    this.#count = this.#list.length
    this.#shown = last
    if (last === undefined) return
    const failing = last.open && this.#lastClass === 'failing' ? now - this.#lastTime : 0
    if (failing > 0) this.#shown = { ...last, end: now, net: last.net + failing }
    if ((this.#shown as TrackedOutage).net < this.#accounting.confirmDown) {
      this.#count--
      this.#shown = this.#count === 0 ? undefined : this.#list.get(this.#count - 1)
    }
  }

  #step(time: number, code: Code): void {
    const kind = classOf(code, this.#accounting)
    const { last } = this.#list
    const open = last?.open ? last : undefined
    const { under } = this.#timeline
    const servedUnder = this.#lastClass === 'out' && this.#servedUnder(countBefore(under, time))
    if (this.#lastClass === 'serving' || servedUnder) this.#lastServed = time
    else if (this.#lastClass === 'failing' && open !== undefined) {
      open.net += time - this.#lastTime
      open.end = time
    }
    if (kind === 'serving') this.#close(time)
    else if (kind === 'out') {
      if (code === UNKNOWN && open !== undefined) open.unseen = true
      if (this.#servedUnder(countUpTo(under, time))) this.#close(time)
    } else if (open === undefined) this.#begin(time, last)
    else if (open.unseen && this.#accounting.split && time - open.end >= this.#accounting.mergeGap) {
      this.#close(time)
      this.#lastServed = open.end
      this.#begin(time, open)
    } else if (open.end < time) {
      open.end = time
      open.bridged = true
      open.unseen = false
    }
    this.#lastTime = time
    this.#lastClass = kind
    this.#lastCode = code
  }

  #begin(start: number, last: TrackedOutage | undefined): void {
    const { mergeGap, confirmDown } = this.#accounting
    if (last !== undefined && start - last.end < mergeGap) {
      // A picture may hold the one that was.
      this.#list.replace({ ...last, end: start, open: true, nextServed: null, merged: true, unseen: false })
      return
    }
    if (last !== undefined && last.net < confirmDown) {
      this.#short.push(this.#list.pop())
      if (this.#short.length > keptShort) this.#short.splice(0, keptShort / 4)
    }
    const plannedOverrun = this.#lastCode === MAINTENANCE && this.#lastClass === 'out'
    this.#list.push({
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
        while (this.#short.length > 0 && (this.#short.at(-1) as TrackedOutage).start > time) this.#short.pop()
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
      const { last } = this.#list
      if (last !== undefined && (last.open || last.end > served)) {
        from = this.#list.pop().start
        continue
      }
      // A short one leaves the list when the next one begins, which is no more.
      const short = this.#short.at(-1)
      const least = Math.max(this.base.time, last?.start ?? Number.NEGATIVE_INFINITY)
      if (short === undefined || short.start < least) return from
      this.#short.pop()
      if (short.end <= served) {
        this.#list.push(short)
        return from
      }
      from = Math.min(from, short.start)
    }
  }
}
