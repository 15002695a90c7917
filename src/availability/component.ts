/**
 * One component: what its sources say, merged into one timeline.
 *
 * Each source keeps a log of its own; the timeline is their worst at every instant. A change in a log at an instant makes
 * the timeline anew from there on, so a late or back-dated event costs what came after it, and an ordinary one O(sources).
 */

import type { Scribe } from './persistence/scribe.ts'
import { Incidents } from './record/incidents.ts'
import { StampBook } from './record/stamps.ts'
import type { Accounting } from './report/accounting.ts'
import { Requests } from './report/requests.ts'
import { EventLog } from './timeline/event-log.ts'
import { type Code, DEGRADED, DOWN, loudest, MAINTENANCE, SILENT, UP, worst } from './timeline/states.ts'
import { sweep } from './timeline/steps.ts'
import { Timeline } from './timeline/timeline.ts'

/** Told from which instant on a component's timeline has changed. */
export type Follower = (from: number) => void

const keptNotes = 10_000

export class Component {
  readonly name: string
  /** A member of a pool: it stands behind its pool, and is nobody's root. */
  member: boolean
  /** As declared. */
  readonly timeline = new Timeline()
  /** As it counts: the same, or without its maintenance where that is ignored. */
  readonly counted: Timeline
  readonly stamps = new StampBook()
  readonly requests = new Requests()
  readonly followers = new Set<Follower>()
  /** States told by hand, by who told them. */
  readonly told = new Map<string, EventLog>()
  readonly incidents = {
    down: new Incidents(DOWN, UP),
    degraded: new Incidents(DEGRADED, UP),
    maintenance: new Incidents(MAINTENANCE, SILENT),
  }
  /** Why, by instant. */
  readonly reasons = new Map<number, string>()
  /** Ids of events it has been told. */
  readonly ids = new Set<string>()
  rejected = 0
  /** The start of the outage that was announced and is not over. */
  announced: number | undefined = undefined
  /** Told what its sources say. */
  scribe: Scribe | undefined = undefined
  readonly #logs: EventLog[]
  /** What sources said that are gone. */
  #past = new EventLog()
  readonly #changed: (component: Component) => void
  /** Said before a restart; it holds until there is news. */
  #carried: EventLog[] = []
  /** The first news in this process. */
  #news: number | undefined = undefined

  constructor(
    name: string,
    member: boolean,
    accounting: Accounting,
    asleep: EventLog,
    changed: (component: Component) => void,
  ) {
    this.name = name
    this.member = member
    this.counted = accounting.maintenance === 'ignore' ? new Timeline() : this.timeline
    this.#logs = [asleep, ...Object.values(this.incidents).map(({ log }) => log), this.#past]
    this.#changed = changed
  }

  /** All it is made of, but for the time asleep and the incidents. */
  get logs(): readonly EventLog[] {
    return this.#logs.slice(1 + Object.keys(this.incidents).length)
  }

  /** A new source, which has said nothing yet. */
  source(): EventLog {
    const log = new EventLog()
    this.#logs.push(log)
    return log
  }

  /** The log of what `teller` tells by hand. */
  toldBy(teller: string): EventLog {
    let log = this.told.get(teller)
    if (log === undefined) {
      log = this.source()
      this.told.set(teller, log)
    }
    return log
  }

  /** A source is gone for good. What it has said stays, in one log for all that are gone. */
  retire(log: EventLog, time: number): void {
    log.rewrite(time, SILENT)
    const past = new EventLog()
    sweep([this.#past, log], Number.NEGATIVE_INFINITY, loudest, undefined, (at, code) => past.rewrite(at, code))
    this.#logs.splice(this.#logs.indexOf(log), 1)
    this.#logs[this.#logs.indexOf(this.#past)] = past
    this.#past = past
  }

  /** What a source of before a restart said at its end, `lastSeen`, holds until there is news; there may be some already. */
  carry(log: EventLog, lastSeen: number): void {
    if (this.#news === undefined) this.#carried.push(log)
    else this.retire(log, Math.max(this.#news, lastSeen))
  }

  carries(log: EventLog): boolean {
    return this.#carried.includes(log)
  }

  /** A source says something new, for the time from `time` on. */
  said(log: EventLog, time: number, code: Code): void {
    if (code !== SILENT) this.#news ??= time
    if (code !== SILENT && this.#carried.length > 0 && !this.#carried.includes(log)) {
      for (const carried of this.#carried) this.retire(carried, time)
      this.#carried = []
    }
    this.changed(time)
  }

  /** Makes the timeline anew from `time` on. */
  changed(time: number): void {
    this.#merge(this.timeline, time, undefined)
    if (this.counted !== this.timeline) this.#merge(this.counted, time, MAINTENANCE)
    for (const follow of this.followers) follow(time)
    this.#changed(this)
  }

  explain(time: number, reason: string | undefined): void {
    if (reason !== undefined) this.reasons.set(time, reason)
    if (this.reasons.size > keptNotes) this.reasons.delete(this.reasons.keys().next().value as number)
  }

  /** Whether an event of this id is news. */
  isNew(id: string | undefined): boolean {
    if (id === undefined) return true
    if (this.ids.has(id)) return false
    this.ids.add(id)
    if (this.ids.size > keptNotes) this.ids.delete(this.ids.values().next().value as string)
    return true
  }

  #merge(timeline: Timeline, from: number, ignored: Code | undefined): void {
    timeline.cut(from)
    sweep(this.#logs, from, worst, ignored, (time, code, blip) => {
      timeline.append(time, code)
      if (blip) timeline.blip(time)
    })
  }
}
