/**
 * When an outage was noticed, taken on, understood, worked on and ended: stamps people and policies put on it.
 *
 * Stamps hang on an instant and belong to the outage that covers it. Where several say the same, the first notice and the
 * last repair hold. A stamp nobody gave stays absent, and is never filled in.
 */
import type { Milliseconds } from '../core/duration.ts'

/** A number is monotonic `time`, a Date is by the wall clock. */
export type Instant = Milliseconds | Date

/** The phases of an outage. */
export interface Phases<At = Instant> {
  /** It was noticed. */
  readonly detected?: At | undefined
  /** Somebody took it on. */
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

export type Phase = keyof Phases

export const phases: readonly Phase[] = [
  'detected',
  'acknowledged',
  'diagnosed',
  'repairStarted',
  'repaired',
  'restored',
  'resolved',
]

/** Of several stamps of these phases the last one holds. */
const ends: readonly Phase[] = ['repaired', 'restored', 'resolved']

/** Stamps at an instant of the tracker's own time. */
export interface Stamps extends Phases<number> {
  readonly start: number
}

const kept = 10_000

export class StampBook {
  #stamps: Stamps[] = []

  get all(): readonly Stamps[] {
    return this.#stamps
  }

  add(stamps: Stamps): void {
    if (phases.every((phase) => stamps[phase] === undefined)) return
    this.#stamps.push(stamps)
    if (this.#stamps.length > kept) this.#stamps.shift()
  }

  /** What is said of an outage. */
  of(start: number, end: number): Phases<number> {
    const found: { -readonly [P in Phase]?: number } = {}
    for (const stamps of this.#stamps) {
      if (stamps.start < start || stamps.start > end) continue
      for (const phase of phases) {
        const at = stamps[phase]
        if (at === undefined) continue
        const known = found[phase] ?? at
        found[phase] = ends.includes(phase) ? Math.max(known, at) : Math.min(known, at)
      }
    }
    return found
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
