/** What a limiter notes on a call that it has let in. */
import type { Milliseconds } from '../core/duration.ts'
import { pinShape } from '../core/pin-shape.ts'
import type { Partition } from './partitions.ts'

export class LimitPermit {
  readonly since: Milliseconds
  /** How often probes had begun or ended by then: a call counts only in the one that it began in. */
  readonly generation: number
  readonly partition: Partition | undefined

  constructor(since: Milliseconds, generation: number, partition: Partition | undefined) {
    this.since = since
    this.generation = generation
    this.partition = partition
  }
}

// The clock gives numbers that are no small integers.
pinShape(new LimitPermit(0.5, 0, undefined))
