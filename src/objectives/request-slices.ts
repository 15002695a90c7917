/**
 * Slices of requests as the indicator: each is judged at its end, and belongs to the windows that contain its end. A slice
 * without requests does not count.
 */

import type { SavedCounts } from '../availability/snapshot/saved-objectives.ts'
import type { Milliseconds } from '../core/duration.ts'
import type { ComponentSums } from './component-sums.ts'
import type { IndicatorReading } from './measure.ts'
import { type Counting, RequestMeasure } from './request-measure.ts'
import type { Judge } from './time-measure.ts'

export class RequestSlices extends RequestMeasure {
  readonly #judge: Judge

  constructor(counting: Counting, judge: Judge, saved: SavedCounts | null | undefined) {
    super(counting, saved)
    this.#judge = judge
  }

  protected override close(start: number, over: boolean): boolean {
    const { good, bad } = this
    if (good + bad === 0) return false
    if (over) {
      const worth = this.#judge(good / (good + bad))
      this.add(start, worth, 1 - worth, 0, start + this.width)
      this.good = this.bad = 0
    }
    return true
  }

  /** Judges a slice without requests by its downtime, if there is any; one that is still good does not count. */
  protected override silence(component: ComponentSums, from: number, to: number): void {
    const down = (start: number, end: number): number => component.sums(start, end, to).downtime
    if (down(from, to) === 0) return
    for (let start = from; start < to; start += this.width) {
      const ratio = 1 - down(start, start + this.width) / this.width
      const worth = this.#judge(ratio)
      if (ratio < 1 && worth < 1) this.add(start, worth, 0, 1 - worth, start + this.width)
    }
  }

  protected override reading(counts: readonly number[], observed: Milliseconds): IndicatorReading {
    const [good, bad, absent = 0] = counts as [number, number, number | undefined]
    return { good, bad, absent, observed: Math.min(observed, (good + bad + absent) * this.width) }
  }
}
