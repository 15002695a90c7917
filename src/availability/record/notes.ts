/**
 * What is noted beside the states of a component: stamps, reasons, and the ids of what was told.
 *
 * Few components ever have any, so nothing is there before it is needed.
 */
import { StampBook, type Stamps } from './stamps.ts'

const kept = 10_000

const noStamps = new StampBook()

export class Notes {
  #stamps: StampBook | undefined = undefined
  #reasons: Map<number, string> | undefined = undefined
  #lentReasons = false
  #ids: Set<string> | undefined = undefined

  /** Why, by instant; as they are now, whatever is said later. */
  get reasons(): ReadonlyMap<number, string> {
    this.#lentReasons = true
    return this.#reasons ?? new Map()
  }

  /** Ids of events it has been told. */
  get ids(): ReadonlySet<string> {
    return this.#ids ?? new Set()
  }

  get stamps(): Pick<StampBook, 'all' | 'of' | 'within'> {
    return this.#stamps ?? noStamps
  }

  stamp(stamps: Stamps): void {
    this.#stamps ??= new StampBook()
    this.#stamps.add(stamps)
  }

  explain(time: number, reason: string | undefined): void {
    if (reason === undefined) return
    if (this.#reasons === undefined || this.#lentReasons) this.#reasons = new Map(this.#reasons)
    this.#lentReasons = false
    this.#reasons.set(time, reason)
    if (this.#reasons.size > kept) this.#reasons.delete(this.#reasons.keys().next().value as number)
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
