/** How a tracker uses its store. */
import type { Duration } from '../../core/duration.ts'
import { duration, integer, optional } from '../../core/options.ts'

export interface PersistOptions {
  /** Heartbeat interval: the most time that is unknown after a crash, in addition to the restart. Above 0. Default 10 s. */
  readonly heartbeat?: Duration
  /** How many records may wait for a store that is slow or fails. An integer >= 1. Default 10,000. */
  readonly buffer?: number
  /** How often the store is given all that is known in place of single records; also after 10,000 of these. Above 0. Default 1 h. */
  readonly snapshotEvery?: Duration
}

export const persistChecks = {
  heartbeat: optional(duration('> 0'), 10_000 as number),
  buffer: optional(integer(1), 10_000 as number),
  snapshotEvery: optional(duration('> 0'), 3_600_000 as number),
}
