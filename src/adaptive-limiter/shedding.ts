/**
 * Calls that are refused although they could run or wait: by their priority while the queue grows, and as many as `overload` says.
 *
 * `overload` is read at most ten times a second. What it asks for is refused from the least important calls; of calls of one priority, by
 * chance.
 */
import type { Milliseconds } from '../core/duration.ts'
import type { Events } from '../core/events.ts'
import { ignoreRejection } from '../core/ignore-rejection.ts'
import type { Random } from '../core/random.ts'
import { PriorityHistogram } from './priorities.ts'

const validFor = 100

export interface SheddingOwner {
  readonly events: Events
  readonly random: Random
}

export class Shedding {
  readonly #owner: SheddingOwner
  readonly #priorities: PriorityHistogram | undefined
  readonly #overload: (() => unknown) | undefined
  #rate = 0
  #readAt: Milliseconds = Number.NaN

  constructor(owner: SheddingOwner, prioritized: boolean, overload: (() => unknown) | undefined) {
    this.#owner = owner
    this.#priorities = prioritized ? new PriorityHistogram() : undefined
    this.#overload = overload
  }

  /** Counts an arrival. The reason why it is refused, if it is. */
  refuses(priority: number, now: Milliseconds, queueRate: number): 'priority' | 'overload' | undefined {
    this.#priorities?.saw(priority)
    const rate = this.#overload === undefined ? 0 : this.#read(this.#overload, now)
    if (this.#priorities === undefined) return rate > 0 && this.#draws(rate) ? 'overload' : undefined
    if (rate === 0 && queueRate === 0) return undefined
    if (priority < this.#priorities.cut(Math.max(rate, queueRate)).threshold) return 'priority'
    const { threshold, part } = this.#priorities.cut(rate)
    return rate > 0 && priority === threshold && this.#draws(part) ? 'overload' : undefined
  }

  /** The least important priority that is admitted; undefined while none is refused. */
  threshold(queueRate: number): number | undefined {
    const rate = Math.max(this.#rate, queueRate)
    return this.#priorities === undefined || rate === 0 ? undefined : this.#priorities.cut(rate).threshold
  }

  #read(overload: () => unknown, now: Milliseconds): number {
    const age = now - this.#readAt
    if (age >= 0 && age < validFor) return this.#rate
    this.#readAt = now
    this.#rate = 0
    try {
      const rate = overload()
      if (typeof rate === 'number' && rate >= 0 && rate <= 1) this.#rate = rate
      else {
        ignoreRejection(rate)
        this.#owner.events.fault('overload', new TypeError('overload must return a number from 0 to 1'))
      }
    } catch (error) {
      this.#owner.events.fault('overload', error)
    }
    return this.#rate
  }

  #draws(probability: number): boolean {
    try {
      return this.#owner.random() < probability
    } catch (error) {
      this.#owner.events.fault('random', error)
      return false
    }
  }
}
