/**
 * What a report is read off: a component's states as they count, its outages, and what is left of the time before.
 *
 * Where transitions become too many, the oldest of them go into the archive as whole hours of UTC: the time in each state,
 * and the outages that began and ended. So memory is bounded, and no window loses what it can still know.
 */
import type { Milliseconds } from '../../core/duration.ts'
import type { Accounting } from '../accounting/accounting.ts'
import { Archive, type ArchiveSlice } from '../timeline/archive.ts'
import { countUpTo } from '../timeline/steps.ts'
import type { ChangeMark, Timeline } from '../timeline/timeline.ts'
import { OutageIndex } from './outage-index.ts'
import type { OutageCounts, WalkState } from './tracked-outage.ts'

export class OutageHistory {
  readonly timeline: Timeline
  readonly accounting: Accounting
  readonly #episodes: OutageIndex

  /** `mark` is the timeline's, where it will still change. */
  constructor(
    timeline: Timeline,
    accounting: Accounting,
    mark: ChangeMark = { from: Number.NEGATIVE_INFINITY },
    base?: WalkState,
  ) {
    this.timeline = timeline
    this.accounting = accounting
    this.#episodes = new OutageIndex(timeline, accounting, mark, base)
  }

  /** The state of the walk over outages at the end of the archive. */
  get base(): WalkState {
    return this.#episodes.base
  }

  /** Outages as known at `now`. */
  outages(now: number): OutageIndex {
    return this.#episodes.look(now)
  }

  /** Failures in [from, to) and restorations in (from, to], those in the archive too. */
  counts(from: number, to: number, now: number): OutageCounts {
    const kept = this.outages(now).counts(from, to)
    const gone = this.timeline.archive?.counts(from, to)
    if (gone === undefined) return kept
    return {
      failures: kept.failures + gone.failures,
      restorations: kept.restorations + gone.restorations,
      restoring: kept.restoring + gone.restoring,
    }
  }

  /** How far the edges of a window may be off in what is counted; 0 where all is exact. */
  precision(from: number, to: number): Milliseconds {
    return this.timeline.archive?.precision(from, to) ?? 0
  }

  /**
   * Puts what was before `time`, or better before its hour, into the archive; `ahead` is how far the wall clock is. An
   * outage is in the archive or among the others, never in both.
   */
  archive(time: number, ahead: Milliseconds): void {
    const { timeline } = this
    const first = timeline.length === 0 ? time : Math.min(time, timeline.timeAt(0))
    const archive = timeline.archive ?? new Archive(ahead, first)
    const hour = archive.edge(time)
    const edge = hour > archive.until ? hour : Math.max(time, archive.until)
    const slices: ArchiveSlice[] = []
    for (let from = archive.until; from < edge; ) {
      const to = Math.min(edge, this.#wholeHours(archive, from, edge))
      slices.push({ from, to, times: timeline.totals(from, to) })
      from = to
    }
    const ended = this.#episodes.forget(edge)
    timeline.forget(edge)
    timeline.archive = archive.grown(slices, ended, edge)
  }

  /** The end of the hour of `from`; of all hours in which nothing changes, where there are more. */
  #wholeHours(archive: Archive, from: number, edge: number): number {
    const count = countUpTo(this.timeline, from)
    const change = count < this.timeline.length ? this.timeline.timeAt(count) : edge
    const quiet = archive.edge(change)
    return quiet > from ? quiet : archive.edge(from) + 3_600_000
  }
}
