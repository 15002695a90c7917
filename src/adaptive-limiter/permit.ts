/** What a limiter notes on a call that it has let in, where it has to know more than that. */
import type { Milliseconds } from '../core/duration.ts'
import { pinShape } from '../core/pin-shape.ts'
import type { Partition } from './partitions.ts'

export class LimitPermit {
  readonly since: Milliseconds
  /** The number of calls that its latency represents; 0: it is not measured. */
  readonly weight: number
  /** The latest epoch when it began: it counts only where no probe has begun or ended since. */
  readonly epoch: number
  readonly partition: Partition | undefined

  constructor(since: Milliseconds, weight: number, epoch: number, partition: Partition | undefined) {
    this.since = since
    this.weight = weight
    this.epoch = epoch
    this.partition = partition
  }
}

// The clock gives numbers that are no small integers.
pinShape(new LimitPermit(0.5, 1, 1, undefined))
