/**
 * Whether a tier fires, with hysteresis.
 *
 * It starts when both windows have exceeded the factor for `for`. It ends when the short window has been below for `hold`,
 * so that intermittent errors are one alert. Silence is no recovery: while the short window is empty, the long one decides.
 */
import type { BurnTier } from './burn-tiers.ts'

/** A burn rate that equals the factor must not exceed it by rounding. */
const margin = 1 + 1e-9

export class Firing {
  readonly tier: BurnTier
  /** When it began to fire, in the tracker's own time; undefined while it does not. */
  since: number | undefined
  #exceeded: number | undefined = undefined
  #below: number | undefined = undefined

  constructor(tier: BurnTier, since?: number) {
    this.tier = tier
    this.since = since
  }

  get firing(): boolean {
    return this.since !== undefined
  }

  /** Takes the burn rates of both windows as of `now`, null without events; returns whether it started or ended. */
  update(now: number, long: number | null, short: number | null, enough: boolean): 'start' | 'end' | undefined {
    const { factor, hold } = this.tier
    const above = (burn: number | null): boolean => burn !== null && burn > factor * margin
    if (!this.firing) {
      if (!(enough && above(long) && above(short))) {
        this.#exceeded = undefined
        return undefined
      }
      this.#exceeded ??= now
      if (now - this.#exceeded < this.tier.for) return undefined
      this.since = now
      this.#below = undefined
      return 'start'
    }
    if (above(short ?? long)) {
      this.#below = undefined
      return undefined
    }
    this.#below ??= now
    if (now - this.#below < hold) return undefined
    this.since = undefined
    this.#exceeded = undefined
    return 'end'
  }
}
