/**
 * The latency that the dependency has without a queue: the least of all windows, measured again from time to time.
 *
 * Under constant overload no window shows it, and it may have changed. So after 60 windows above it, three run at half the limit, and the
 * least of the three replaces it. An average in place of it, as in Gradient2 of Netflix, rises with the queue, and the limit with it.
 */
import type { Milliseconds } from '../../core/duration.ts'

const patience = 60
const probes = 3

export class Baseline {
  value: Milliseconds | undefined = undefined
  /** Windows since it was met. */
  #unmet = 0
  /** Windows left of a probe. */
  #left = 0
  #least: Milliseconds = Number.POSITIVE_INFINITY

  get probing(): boolean {
    return this.#left > 0
  }

  /** Takes the latency of a window. True where the window was one of a probe: it says nothing about the limit. */
  measures(latency: Milliseconds): boolean {
    if (this.#left > 0) {
      this.#least = Math.min(this.#least, latency)
      if (--this.#left === 0 && this.#least < Number.POSITIVE_INFINITY) this.value = this.#least
      return true
    }
    if (latency <= (this.value ?? Number.MAX_VALUE)) {
      this.value = latency
      this.#unmet = 0
    } else if (++this.#unmet === patience) {
      this.#unmet = 0
      this.#left = probes
      this.#least = Number.POSITIVE_INFINITY
    }
    return false
  }
}
