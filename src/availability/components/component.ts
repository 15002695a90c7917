/**
 * One component: what its sources say, merged into one timeline.
 *
 * Each source keeps a log of its own; the timeline is their worst at every instant. It is computed on demand, from
 * the earliest change on: so to record costs a push on a log, a late or back-dated event costs what came after it, and what
 * few components ever have is not there before it is needed.
 */

import type { Accounting } from '../accounting/accounting.ts'
import { OutageHistory } from '../outages/history.ts'
import type { TimestampEntry } from '../outages/timestamps.ts'
import type { WalkState } from '../outages/tracked-outage.ts'
import type { Archive } from '../timeline/archive.ts'
import { crowded, EventLog } from '../timeline/event-log.ts'
import { ASLEEP, type Code, DEGRADED, DOWN, loudest, MAINTENANCE, SILENT, UP, worst } from '../timeline/states.ts'
import { codeAfter, countUpTo, sweep } from '../timeline/steps.ts'
import { Timeline } from '../timeline/timeline.ts'
import { lookUnder } from '../timeline/underlying.ts'
import { Annotations } from './annotations.ts'
import type { EventSink } from './event-sink.ts'
import { Incidents } from './incidents.ts'
import { ManualLogs } from './manual-logs.ts'
import { RequestCounts } from './request-counts.ts'

/** Called with the earliest time that changed in a component's timeline. */
export type TimelineListener = (from: number) => void

/** What all components of a tracker share. */
export interface ComponentContext {
  readonly accounting: Accounting
  /** Transitions kept of each. */
  readonly maxTransitions: number
  readonly asleep: EventLog
  /** How far the wall clock is ahead of the tracker's time. */
  ahead(): number
  /** Receives what sources say, where it is to be kept. */
  readonly sink: EventSink | undefined
  changed(component: Component): void
}

/** Changes merged at once while no reader asks for the timeline. */
const batch = 512

export class Component extends Annotations {
  readonly name: string
  /** A member of a pool: reported under its pool, never as a root. */
  member: boolean
  rejected = 0
  /** The start of the outage that was announced and is not over. */
  announced: number | undefined = undefined
  readonly #context: ComponentContext
  readonly #logs: EventLog[] = []
  readonly manualLogs = new ManualLogs()
  #incidents: Map<'down' | 'degraded' | 'maintenance', Incidents> | undefined = undefined
  #timeline: Timeline | undefined = undefined
  #history: OutageHistory | undefined = undefined
  #requests: RequestCounts | undefined = undefined
  #followers: Set<TimelineListener> | undefined = undefined
  /** The states of all ended sources. */
  #past: EventLog | undefined = undefined
  /** Said before a restart; it holds until there is news. */
  #carried: EventLog[] | undefined = undefined
  /** The first news in this process. */
  #news: number | undefined = undefined
  /** From here on the timeline is not what the logs say. */
  #stale = Number.POSITIVE_INFINITY
  #waiting = 0

  constructor(name: string, member: boolean, context: ComponentContext) {
    super(context.maxTransitions)
    this.name = name
    this.member = member
    this.#context = context
  }

  get sink(): EventSink | undefined {
    return this.#context.sink
  }

  get requests(): RequestCounts {
    this.#requests ??= new RequestCounts()
    return this.#requests
  }

  /** As declared. */
  get timeline(): Timeline {
    this.#timeline ??= new Timeline()
    this.#refresh()
    return this.#timeline
  }

  /** As it counts by the tracker's own accounting: the same, or without its maintenance where that is ignored. */
  get history(): OutageHistory {
    this.timeline
    return this.#live()
  }

  /** As it counts by another accounting. */
  historyBy(accounting: Accounting): OutageHistory {
    if (accounting === this.#context.accounting) return this.history
    const { timeline } = this
    if (accounting.maintenance !== 'ignore') return new OutageHistory(timeline, accounting)
    const counted = new Timeline()
    counted.archive = timeline.archive
    this.#merge(counted, Number.NEGATIVE_INFINITY, MAINTENANCE)
    return new OutageHistory(counted, accounting)
  }

  /** All it is made of, but for the time asleep and the incidents. */
  get logs(): readonly EventLog[] {
    return this.#past === undefined ? this.#logs : [this.#past, ...this.#logs]
  }

  follow(follower: TimelineListener): void {
    this.#followers ??= new Set()
    this.#followers.add(follower)
  }

  unfollow(follower: TimelineListener): void {
    this.#followers?.delete(follower)
  }

  /** What is noted of an instant asleep belongs to what begins with the waking. */
  override stamp(stamps: TimestampEntry): void {
    const start = this.#awake(stamps.start)
    super.stamp(start === stamps.start ? stamps : { ...stamps, start })
  }

  override explain(time: number, reason: string | undefined): void {
    super.explain(this.#awake(time), reason)
  }

  incidents(state: 'down' | 'degraded' | 'maintenance'): Incidents {
    this.#incidents ??= new Map()
    let incidents = this.#incidents.get(state)
    if (incidents === undefined) {
      incidents = new Incidents(codes[state], state === 'maintenance' ? SILENT : UP)
      this.#incidents.set(state, incidents)
    }
    return incidents
  }

  get allIncidents(): ReadonlyMap<'down' | 'degraded' | 'maintenance', Incidents> {
    return this.#incidents ?? new Map()
  }

  /** Whether states may begin in the future; `next` is the first such instant. */
  get planned(): boolean {
    return this.#incidents !== undefined || this.manualLogs.ahead
  }

  next(now: number): number {
    const incidents = [...this.allIncidents.values()].map((each) => each.next(now))
    return Math.min(this.manualLogs.next(now), ...incidents)
  }

  /** A new source, which has said nothing yet. */
  source(): EventLog {
    const log = new EventLog()
    this.#logs.push(log)
    return log
  }

  /** The log of the states that `source` records by hand; an empty name is the default source. */
  manualLog(source: string): EventLog {
    return this.manualLogs.log(source, () => this.source())
  }

  /** Ends a source. Its states stay, in one log for all ended sources. */
  retire(log: EventLog, time: number): void {
    log.rewrite(time, SILENT)
    const past = new EventLog()
    const said = this.#past === undefined ? [log] : [this.#past, log]
    sweep(said, Number.NEGATIVE_INFINITY, loudest, undefined, (at, code) => past.rewrite(at, code))
    this.#logs.splice(this.#logs.indexOf(log), 1)
    this.#past = past
  }

  /** What a source of before a restart said at its end, `lastSeen`, holds until there is news; there may be some already. */
  carry(log: EventLog, lastSeen: number): void {
    if (this.#news !== undefined) {
      this.retire(log, Math.max(this.#news, lastSeen))
      return
    }
    this.#carried ??= []
    this.#carried.push(log)
  }

  carries(log: EventLog): boolean {
    return this.#carried?.includes(log) === true
  }

  /** Old history of before a restart; where there is some of this process already, that stays. */
  resume(archive: Archive, base: WalkState | undefined): void {
    this.#timeline ??= new Timeline()
    if (this.#timeline.archive !== undefined) return
    this.#timeline.archive = archive
    const { accounting } = this.#context
    const counted = accounting.maintenance === 'ignore' ? new Timeline() : this.#timeline
    counted.archive = archive
    this.#history = new OutageHistory(counted, accounting, counted.mark(), base)
    this.#stale = Number.NEGATIVE_INFINITY
  }

  /** A source says something new, for the time from `time` on. */
  sourceChanged(log: EventLog, time: number, code: Code): void {
    if (code !== SILENT) this.#news ??= time
    if (code !== SILENT && this.#carried !== undefined && !this.#carried.includes(log)) {
      for (const carried of this.#carried) this.retire(carried, time)
      this.#carried = undefined
    }
    this.changed(time)
  }

  /** What the logs say from `time` on is news. */
  changed(time: number): void {
    if (time < this.#stale) this.#stale = time
    if (this.#followers !== undefined) for (const follow of this.#followers) follow(time)
    this.#context.changed(this)
    if (++this.#waiting >= batch) this.#refresh()
  }

  #awake(time: number): number {
    const { asleep } = this.#context
    const next = countUpTo(asleep, time)
    return next > 0 && next < asleep.length && asleep.codeAt(next - 1) === ASLEEP ? asleep.timeAt(next) : time
  }

  #live(): OutageHistory {
    const { accounting } = this.#context
    if (this.#history === undefined) {
      const ignores = accounting.maintenance === 'ignore'
      const counted = ignores ? new Timeline() : (this.#timeline as Timeline)
      this.#history = new OutageHistory(counted, accounting, counted.mark())
      if (ignores) this.#merge(counted, Number.NEGATIVE_INFINITY, MAINTENANCE)
    }
    return this.#history
  }

  #refresh(): void {
    this.#waiting = 0
    const from = this.#stale
    if (from === Number.POSITIVE_INFINITY) return
    this.#timeline ??= new Timeline()
    this.#stale = Number.POSITIVE_INFINITY
    this.#merge(this.#timeline, from, undefined)
    const counted = this.#history?.timeline
    if (counted !== undefined && counted !== this.#timeline) this.#merge(counted, from, MAINTENANCE)
    this.#trim()
  }

  /** Recomputes a timeline from `from` on; what is in the archive stays. */
  #merge(timeline: Timeline, from: number, ignored: Code | undefined): void {
    const edge = timeline.archive?.until ?? Number.NEGATIVE_INFINITY
    const since = Math.max(from, edge)
    timeline.cut(since)
    const logs = [this.#context.asleep, ...this.logs]
    for (const { log } of this.allIncidents.values()) logs.push(log)
    if (since === edge) timeline.append(edge, worst(logs.map((log) => codeAfter(log, countUpTo(log, edge), ignored))))
    const telling = logs.filter((log) => log.length > 0)
    sweep(telling, since, worst, ignored, (time, code, blip) => {
      timeline.append(time, code)
      if (blip) timeline.blip(time)
    })
    if (ignored === undefined) lookUnder(timeline, since, telling)
  }

  /** Where too much is kept, the oldest goes into the archive: to three quarters of what may be kept. */
  #trim(): void {
    const { maxTransitions: keep } = this.#context
    const { timeline } = this.#live()
    for (const long of [timeline, this.#timeline as Timeline]) {
      while (long.length > keep) this.#archive(long.timeAt(long.length - ((3 * keep) >> 2)))
    }
    const most = Math.max(keep, crowded)
    const long = this.logs.find(({ length }) => length > 2 * most)
    if (long !== undefined) this.#archive(long.timeAt(long.length - most))
  }

  #archive(time: number): void {
    const history = this.#live()
    history.archive(time, this.#context.ahead())
    const archive = history.timeline.archive as Archive
    const declared = this.#timeline as Timeline
    if (history.timeline !== declared) {
      declared.archive = archive
      declared.forget(archive.until)
    }
    for (const log of this.logs) log.forget(archive.until)
    // An outage that goes on has its reason at its start.
    this.forgetReasons(Math.min(archive.until, history.base.last?.start ?? archive.until))
  }
}

const codes = { down: DOWN, degraded: DEGRADED, maintenance: MAINTENANCE } as const
