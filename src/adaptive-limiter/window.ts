/**
 * The calls of one window: what the algorithm gets of them.
 *
 * A window begins with its first sample and ends with the first one after `every`. With too few samples it goes on, for at most five
 * times as long. Of very many latencies every second one is kept, then every fourth, and so on: enough for a quantile.
 */
import type { Milliseconds } from '../core/duration.ts'
import type { LimiterWindow } from './algorithms/limit-algorithm.ts'

/** How windows are cut, resolved. */
export interface LimiterWindowSettings {
  readonly every: Milliseconds
  readonly samples: number
  readonly quantile: number
}

const longest = 5
const mostKept = 512

export class SampleWindow {
  readonly #settings: LimiterWindowSettings
  #since: Milliseconds = Number.NaN
  #kept: number[] = []
  #stride = 1
  #latencies = 0
  #drops = 0

  constructor(settings: LimiterWindowSettings) {
    this.#settings = settings
  }

  get samples(): number {
    return this.#latencies + this.#drops
  }

  /** A call took `latency`; `Infinity` where it says overload. True where the window ends with it. */
  add(latency: Milliseconds, now: Milliseconds): boolean {
    if (latency === Number.POSITIVE_INFINITY) this.#drops++
    else if (this.#latencies++ % this.#stride === 0) this.#keep(latency)
    const { every, samples } = this.#settings
    const age = now - this.#since
    // The first sample, or the clock was set back.
    if (!(age >= 0)) this.#since = now
    return age >= every && (this.samples >= samples || age >= longest * every)
  }

  /** Ends the window. */
  take(inflight: number): LimiterWindow {
    const window = { latency: this.#quantile(), inflight, samples: this.samples, drops: this.#drops }
    this.clear()
    return window
  }

  clear(): void {
    this.#since = Number.NaN
    this.#kept = []
    this.#stride = 1
    this.#latencies = this.#drops = 0
  }

  #keep(latency: Milliseconds): void {
    this.#kept.push(latency)
    if (this.#kept.length < mostKept) return
    this.#kept = this.#kept.filter((_, place) => place % 2 === 0)
    this.#stride *= 2
  }

  #quantile(): Milliseconds {
    const rank = Math.ceil(this.#settings.quantile * this.samples)
    if (rank > this.#latencies) return Number.POSITIVE_INFINITY
    const sorted = this.#kept.sort((one, other) => one - other)
    return sorted[Math.ceil((rank / this.#latencies) * sorted.length) - 1] as number
  }
}
