/** The public types of `steerHaproxy`. */
import type { Clock } from '../../core/clock.ts'
import type { Duration } from '../../core/duration.ts'
import type { FaultEvent } from '../../core/events.ts'

export interface SteerHaproxyOptions {
  /** The name of HAProxy's backend. */
  readonly backend: string
  /** Maps a member to its server in HAProxy. Default: the member's name. */
  readonly server?: (member: string) => string
  /** How often HAProxy is compared with the pool. Ejections, restores and administrative changes apply at once. Default 1 s. */
  readonly every?: Duration
  /** Below this share of healthy members, 0 to 1, ejections are not applied. 0: always apply them. Default 0.5, as in pools. */
  readonly panic?: number
  /** Called with each failure, `source` `'haproxy'` or `'server'`. Default: one warning per source. */
  readonly onFault?: (fault: FaultEvent) => void
  /** Name used in fault events. Default `'steerHaproxy'`. */
  readonly name?: string
  /** Default: the pool's clock, or the real clock. */
  readonly clock?: Clock
}

/** Steers HAProxy until it is closed. */
export interface Steering {
  /**
   * Stops, and restores what it changed: the configured weights, and `ready` where it had set another state. With `keep`,
   * everything stays as it is. Resolves when that is done or has failed.
   */
  close(options?: { readonly keep?: boolean }): Promise<void>
}
