/**
 * How busy a candidate counts: what is under way, and a price for failing.
 *
 * Who fails at once is never busy, so the number of tries under way alone would send most calls to the worst member. A
 * share of failures of (1 - r) costs as many further tries as bring r to one, each as long as a usual one: (1/r - 1) times
 * the usual number under way and one, so that the price holds under any load.
 */
import type { Milliseconds } from '../../core/duration.ts'
import type { Candidate } from './selection.ts'

/** How much the latest pick counts in what is usual. */
const alpha = 0.1

export class Busyness {
  #usual = 0

  /** Tries under way, and those that its failures stand for. */
  of(candidate: Candidate, now: Milliseconds): number {
    const reliability = candidate.reliability(now)
    return reliability === 1 ? candidate.pending : candidate.pending + (this.#usual + 1) * (1 / reliability - 1)
  }

  /** By weight: a member of weight 2 may have twice as much under way. */
  byWeight(candidate: Candidate, now: Milliseconds): number {
    return this.of(candidate, now) / weightOf(candidate)
  }

  /** Whether `a` is less busy than `b`, by weight. */
  less(a: Candidate, b: Candidate, now: Milliseconds): boolean {
    return this.of(a, now) * weightOf(b) < this.of(b, now) * weightOf(a)
  }

  /** The candidate was picked. */
  see({ pending }: Candidate): void {
    this.#usual += alpha * (pending - this.#usual)
  }
}

/** Weight 0 stands only where all are 0, and all are equal then. */
export function weightOf({ weight }: Candidate): number {
  return weight === 0 ? 1 : weight
}
