/**
 * What an algorithm of a rate limiter does: it says how long a cost has to wait, and counts what was taken.
 *
 * Waits are decided at arrival. What is taken may therefore start in the future, and what is taken next starts no earlier. Time is
 * an argument and never goes back.
 */
import type { Milliseconds } from '../core/duration.ts'

/** A rate, as all algorithms use it. */
export interface RateLimits {
  readonly limit: number
  readonly per: Milliseconds
  readonly burst: number
}

export interface RateAlgorithm<Mark = unknown> {
  /** How long `cost` has to wait: 0 passes now, `Infinity` never. */
  wait(now: Milliseconds, cost: number): Milliseconds
  /** Takes `cost`, to start after `wait`. */
  take(now: Milliseconds, wait: Milliseconds, cost: number): void
  /** What `restore` needs to take back all that is taken from here on. */
  mark(): Mark
  restore(mark: Mark): void
  /** Permits that could be taken now; not rounded. */
  permits(now: Milliseconds): number
  /** How long until all permits are back, if nothing more is taken. */
  reset(now: Milliseconds): Milliseconds
  /** Uses other limits from now on. What was taken stays taken. */
  update(limits: RateLimits, now: Milliseconds): void
}

/** Rounding errors of this size do not make a call wait: of times in ms, and of permits. */
export const tolerance = 1e-6
