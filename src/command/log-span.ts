/** The time span of a log or a component: from its first to its last entry, or beyond. */
import type { Milliseconds } from '../core/duration.ts'

export class LogSpan {
  #first = Number.POSITIVE_INFINITY
  #last = Number.NEGATIVE_INFINITY
  #lasts = false

  /** With `lasts` the state continues after `to`: it is neither up nor unknown. */
  add(from: Milliseconds, to: Milliseconds, lasts: boolean): void {
    this.#first = Math.min(this.#first, from)
    if (to < this.#last) return
    this.#lasts = lasts || (to === this.#last && this.#lasts)
    this.#last = to
  }

  window(until: Milliseconds): { readonly from: Milliseconds; readonly to: Milliseconds } {
    const to = this.#lasts ? until : Math.min(this.#last, until)
    return { from: this.#first, to: Math.max(this.#first, to) }
  }
}
