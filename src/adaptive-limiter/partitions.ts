/**
 * Partitions: shares of the limit that are kept for kinds of calls.
 *
 * Shares hold only once the limiter is full, so what one partition does not use is lent to the others. A partition whose share was lent still
 * gets it at once: then more calls run than the limit says, until lent permits come back. Source: Netflix concurrency-limits.
 */
import type { Call } from '../core/call/call.ts'
import type { Events } from '../core/events.ts'
import { ignoreRejection } from '../core/ignore-rejection.ts'

export class Partition {
  readonly name: string
  readonly share: number
  inflight = 0
  queued = 0

  constructor(name: string, share: number) {
    this.name = name
    this.share = share
  }

  /** Its part of the limit: at least 1, whatever the limit. */
  of(limit: number): number {
    // 100 * 0.07 is a little more than 7.
    return Math.max(1, Math.ceil(limit * this.share - 1e-9))
  }
}

export class Partitions {
  readonly all: readonly Partition[]
  readonly #nameOf: (call: Call) => unknown

  constructor(shares: Readonly<Record<string, number>>, nameOf: (call: Call) => unknown) {
    this.all = Object.entries(shares).map(([name, share]) => new Partition(name, share))
    this.#nameOf = nameOf
  }

  /** The partition of a call; undefined where it belongs to none, so that no share is kept for it. */
  of(call: Call, events: Events): Partition | undefined {
    try {
      const name = this.#nameOf(call)
      const found = this.all.find((partition) => partition.name === name)
      if (found !== undefined || name === undefined) return found
      ignoreRejection(name)
      events.fault('partition', new TypeError('partition must return a name of partitions, or undefined'))
    } catch (error) {
      events.fault('partition', error)
    }
    return undefined
  }

  /** Whether calls of a partition wait although its share is free. */
  owe(limit: number): boolean {
    return this.all.some((partition) => partition.queued > 0 && partition.inflight < partition.of(limit))
  }
}
