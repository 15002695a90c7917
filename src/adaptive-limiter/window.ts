/**
 * The calls of one window: what the algorithm gets of them.
 *
 * A window begins with its first sample and ends with the first one after `every`. With too few samples it goes on, for at most five
 * times as long. A few hundred latencies are enough for a quantile. So where calls are many, only one in several is measured, about one in
 * 16 or more, and the others cost neither a reading of the clock nor a note. Which one is drawn: calls may repeat in a pattern, and
 * every second one be slow.
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
/** On average. With fewer calls all of a sudden, the next measured one is not far. */
const mostSkipped = 16

export class SampleWindow {
  readonly #settings: LimiterWindowSettings
  #since: Milliseconds = Number.NaN
  #kept: number[] = []
  #drops = 0
  /** The number of calls that each latency represents. */
  #stride = 1
  /** Calls until the next one that is measured. */
  #wait = 1
  /** What the latencies that arrived since the last one that was kept represent. */
  #credit = 0
  /** The latest of a sequence of pseudo-random integers. */
  #drawn = 1

  constructor(settings: LimiterWindowSettings) {
    this.#settings = settings
  }

  /** About how many calls count. */
  get samples(): number {
    return this.#latencies + this.#drops
  }

  /** A call begins. The number of calls that its latency represents; 0: it need not be measured. */
  weigh(): number {
    if (--this.#wait > 0) return 0
    const weight = Math.min(this.#stride, mostSkipped)
    this.#wait = 1 + this.#draw(2 * weight - 1)
    return weight
  }

  /** A call took `latency`; `Infinity` where it says overload. True where the window ends with it. */
  add(latency: Milliseconds, weight: number, now: Milliseconds): boolean {
    if (latency === Number.POSITIVE_INFINITY) this.#drops++
    else this.#keep(latency, weight)
    const { every, samples } = this.#settings
    const age = now - this.#since
    // The first sample, or the clock was set back.
    if (!(age >= 0)) this.#since = now
    if (age < longest * every && this.#kept.length + this.#drops < Math.min(samples, mostKept / 2)) return false
    return age >= longest * every || (age >= every && this.samples >= samples)
  }

  /** Ends the window. */
  take(inflight: number): LimiterWindow {
    const window = { latency: this.#quantile(), inflight, samples: this.samples, drops: this.#drops }
    this.#stride = Math.max(1, Math.min(mostSkipped, Math.floor(this.#latencies / (mostKept / 2))))
    this.#wait = Math.min(this.#wait, this.#stride)
    this.#since = Number.NaN
    this.#kept = []
    this.#drops = this.#credit = 0
    return window
  }

  get #latencies(): number {
    return this.#kept.length * this.#stride
  }

  /** A latency that represents fewer calls is kept together with others. */
  #keep(latency: Milliseconds, weight: number): void {
    this.#credit += weight
    if (this.#credit < this.#stride) return
    this.#credit = 0
    this.#kept.push(latency)
    if (this.#kept.length < mostKept) return
    // One of each two.
    for (let place = 0; place < mostKept / 2; place++) {
      this.#kept[place] = this.#kept[2 * place + this.#draw(2)] as number
    }
    this.#kept.length = mostKept / 2
    this.#stride *= 2
  }

  /** From 0 to `count - 1`. */
  #draw(count: number): number {
    this.#drawn = (Math.imul(this.#drawn, 1_664_525) + 1_013_904_223) | 0
    return ((this.#drawn >>> 16) * count) >>> 16
  }

  #quantile(): Milliseconds {
    const latencies = this.#latencies
    const rank = Math.ceil(this.#settings.quantile * this.samples)
    if (rank > latencies) return Number.POSITIVE_INFINITY
    const sorted = this.#kept.sort((one, other) => one - other)
    return sorted[Math.ceil((rank / latencies) * sorted.length) - 1] as number
  }
}
