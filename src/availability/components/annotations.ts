/**
 * Annotations of a component beside its states: timestamps, reasons, and the ids of recorded events.
 *
 * Few components ever have any, so nothing is there before it is needed.
 */
import { OutageTimestamps, type TimestampEntry } from '../outages/timestamps.ts'

const kept = 10_000
/** The greatest length of a reason, in characters: a stack trace or a body must not fill memory and disk. */
const longest = 1000

const noStamps = new OutageTimestamps()

/** As much of a reason as is kept; no character is cut in two. */
export function shortened(reason: string): string {
  return reason.length <= longest ? reason : reason.slice(0, longest).replace(/[\uD800-\uDBFF]$/, '')
}

export class Annotations {
  #stamps: OutageTimestamps | undefined = undefined
  #reasons: Map<number, string> | undefined = undefined
  readonly #keptReasons: number
  #lentReasons = false
  #ids: Set<string> | undefined = undefined

  /** Of `keep` transitions no more reasons are kept. */
  constructor(keep: number) {
    this.#keptReasons = Math.min(kept, keep)
  }

  /** Why, by instant; as they are now, whatever is said later. */
  get reasons(): ReadonlyMap<number, string> {
    this.#lentReasons = true
    return this.#reasons ?? new Map()
  }

  /** Ids of the events recorded so far. */
  get ids(): ReadonlySet<string> {
    return this.#ids ?? new Set()
  }

  get stamps(): Pick<OutageTimestamps, 'all' | 'of' | 'within'> {
    return this.#stamps ?? noStamps
  }

  stamp(stamps: TimestampEntry): void {
    this.#stamps ??= new OutageTimestamps()
    this.#stamps.add(stamps)
  }

  explain(time: number, reason: string | undefined): void {
    if (reason === undefined) return
    if (this.#reasons === undefined || this.#lentReasons) this.#reasons = new Map(this.#reasons)
    this.#lentReasons = false
    this.#reasons.set(time, shortened(reason))
    if (this.#reasons.size > this.#keptReasons) this.#reasons.delete(this.#reasons.keys().next().value as number)
  }

  /** Lets go of the reasons of what was before `time`. */
  protected forgetReasons(time: number): void {
    if (this.#reasons === undefined) return
    this.#reasons = new Map([...this.#reasons].filter(([at]) => at >= time))
    this.#lentReasons = false
  }

  /** What was noted of the very instant at which the machine fell asleep belongs to the waking: no time was left for it. */
  slept(from: number, to: number): void {
    this.#stamps?.move(from, to)
    this.explain(to, this.#reasons?.get(from))
  }

  /** Whether an event of this id is news. */
  isNew(id: string | undefined): boolean {
    if (id === undefined) return true
    if (this.#ids?.has(id)) return false
    this.#ids ??= new Set()
    this.#ids.add(id)
    if (this.#ids.size > kept) this.#ids.delete(this.#ids.values().next().value as string)
    return true
  }
}
