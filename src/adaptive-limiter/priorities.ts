/**
 * Which priorities are refused at a given rate: the least important ones, as many as make up that share of the latest arrivals.
 *
 * Arrivals are counted in two generations of 500, so that the counts cover the latest 500 to 1000. Sources: Cinnamon (Uber, 2023), DAGOR
 * (WeChat, 2018).
 */
const generation = 500

/** What is refused: all below `threshold`, and of those at it the share `part`. */
export interface PriorityCut {
  readonly threshold: number
  readonly part: number
}

export class PriorityHistogram {
  #counts = new Map<number, number>()
  #seen = 0
  #before = new Map<number, number>()
  /** The priorities in both, least important first; undefined after a new one. */
  #sorted: readonly number[] | undefined = undefined
  /** The latest cut, which holds for some arrivals: a sixteenth of those counted, at most 32. */
  #cut: PriorityCut = { threshold: Number.NEGATIVE_INFINITY, part: 0 }
  #rate = 0
  #uses = 0

  saw(priority: number, times = 1): void {
    if (this.#seen >= generation) {
      this.#before = this.#counts
      this.#counts = new Map()
      this.#seen = 0
      this.#sorted = undefined
    }
    const count = this.#counts.get(priority)
    if (count === undefined) this.#sorted = undefined
    this.#counts.set(priority, (count ?? 0) + times)
    this.#seen += times
  }

  /** `rate` is the share to be refused, from 0 to 1. At 1 the most important are at the threshold. */
  cut(rate: number): PriorityCut {
    if (this.#sorted !== undefined && rate === this.#rate && this.#uses-- > 0) return this.#cut
    this.#rate = rate
    this.#uses = Math.min(32, Math.floor(this.#seen / 16))
    this.#cut = this.#compute(rate)
    return this.#cut
  }

  #compute(rate: number): PriorityCut {
    this.#sorted ??= [...new Set([...this.#counts.keys(), ...this.#before.keys()])].sort((one, other) => one - other)
    const counts = this.#sorted.map((priority) => this.#count(priority))
    const refused = rate * counts.reduce((sum, count) => sum + count, 0)
    let below = 0
    for (let place = 0; place < counts.length - 1; place++) {
      const count = counts[place] as number
      if (below + count > refused) return this.#cutAt(place, refused - below)
      below += count
    }
    return this.#cutAt(counts.length - 1, refused - below)
  }

  #cutAt(place: number, refused: number): PriorityCut {
    const threshold = this.#sorted?.[place]
    if (threshold === undefined) return { threshold: Number.NEGATIVE_INFINITY, part: 0 }
    return { threshold, part: refused / this.#count(threshold) }
  }

  #count(priority: number): number {
    return (this.#counts.get(priority) ?? 0) + (this.#before.get(priority) ?? 0)
  }
}

/** The rate that a queue asks for: none up to twice the limit, everything from three times on, or sooner where the queue is shorter. */
export function queueRejectRate(queued: number, limit: number, queue: number): number {
  const end = Math.min(3 * limit, queue)
  const start = (end * 2) / 3
  return end === 0 ? 0 : Math.max(0, Math.min(1, (queued - start) / (end - start)))
}
