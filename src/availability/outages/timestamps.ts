/**
 * When an outage was noticed, taken on, understood, worked on and ended: stamps people and policies put on it.
 *
 * Stamps hang on an instant and belong to the outage that covers it. Where several say the same, the first notice and the
 * last repair hold. A timestamp that was not recorded stays absent, and is never filled in.
 */
import type { Instant } from '../time/instant.ts'

/** The phases of an outage. */
export interface OutagePhases<At = Instant> {
  /** It was noticed. */
  readonly detected?: At | undefined
  /** A person took it on. */
  readonly acknowledged?: At | undefined
  /** The cause was known. */
  readonly diagnosed?: At | undefined
  readonly repairStarted?: At | undefined
  /** The repair was done, the system not yet back. */
  readonly repaired?: At | undefined
  /** It served again. Default: when the component was no longer down. */
  readonly restored?: At | undefined
  /** Follow-up was done too, so that it does not come again. */
  readonly resolved?: At | undefined
}

export type OutagePhase = keyof OutagePhases

export const phases: readonly OutagePhase[] = [
  'detected',
  'acknowledged',
  'diagnosed',
  'repairStarted',
  'repaired',
  'restored',
  'resolved',
]

/** Of several stamps of these phases the last one holds. */
const ends: readonly OutagePhase[] = ['repaired', 'restored', 'resolved']

/** Stamps at an instant of the tracker's own time. */
export interface TimestampEntry extends OutagePhases<number> {
  readonly start: number
}

const kept = 10_000

/** Invariant: sorted by `start`. */
export class OutageTimestamps {
  readonly #stamps: TimestampEntry[] = []

  get all(): readonly TimestampEntry[] {
    return this.#stamps
  }

  add(stamps: TimestampEntry): void {
    if (phases.every((phase) => stamps[phase] === undefined)) return
    this.#stamps.splice(this.#countBefore(stamps.start, true), 0, stamps)
    if (this.#stamps.length > kept) this.#stamps.splice(0, kept / 4)
  }

  /** Those on one instant are of another one. */
  move(from: number, to: number): void {
    const first = this.#countBefore(from, false)
    for (const stamps of this.#stamps.splice(first, this.#countBefore(from, true) - first)) {
      this.add({ ...stamps, start: to })
    }
  }

  /** Those on [start, end], as they are now. */
  within(start: number, end: number): OutageTimestamps {
    const book = new OutageTimestamps()
    const first = this.#countBefore(start, false)
    const last = this.#countBefore(end, true)
    book.#stamps.push(...this.#stamps.slice(first, last))
    return book
  }

  /** What is said of an outage. */
  of(start: number, end: number): OutagePhases<number> {
    const found: { -readonly [P in OutagePhase]?: number } = {}
    for (let index = this.#countBefore(start, false); index < this.#stamps.length; index++) {
      const stamps = this.#stamps[index] as TimestampEntry
      if (stamps.start > end) break
      for (const phase of phases) {
        const at = stamps[phase]
        if (at === undefined) continue
        const known = found[phase] ?? at
        found[phase] = ends.includes(phase) ? Math.max(known, at) : Math.min(known, at)
      }
    }
    return found
  }

  #countBefore(time: number, included: boolean): number {
    let low = 0
    let high = this.#stamps.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const { start } = this.#stamps[middle] as TimestampEntry
      if (start < time || (included && start === time)) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** The mean of what is known; null where nothing is. */
export function mean(values: readonly (number | undefined)[]): number | null {
  const known = values.filter((value) => value !== undefined)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
}

/** From one stamp to a later one, where both are known. */
export function span(from: number | undefined, to: number | undefined): number | undefined {
  return from === undefined || to === undefined ? undefined : to - from
}
