/** What steers HAProxy, as its users see it. */
import type { Clock } from '../../core/clock.ts'
import type { Duration } from '../../core/duration.ts'
import type { FaultEvent } from '../../core/events.ts'

export interface SteerHaproxyOptions {
  /** HAProxy's backend. */
  readonly backend: string
  /** The server of a member. Default: the member's name. */
  readonly server?: (member: string) => string
  /** How often HAProxy is looked at; an ejection, a return and an operator's word are passed on at once. Default 1 s. */
  readonly every?: Duration
  /** Below this share of members that are in, 0 to 1, ejections are not passed on. 0: always. Default 0.5, as in pools. */
  readonly panic?: number
  /** Told of what failed, by `source` `'haproxy'` or `'server'`. Default: one warning each. */
  readonly onFault?: (fault: FaultEvent) => void
  /** Stands in faults. Default `'steerHaproxy'`. */
  readonly name?: string
  /** Default: the pool's, if it has one, else the real clock. */
  readonly clock?: Clock
}

/** HAProxy being steered, until it is closed. */
export interface Steering {
  /**
   * Ends it, and puts back what it has changed: the configured weights, and `ready` where it had set something else. With
   * `keep` all stays as it is. Resolves when that is done, or has failed.
   */
  close(options?: { readonly keep?: boolean }): Promise<void>
}
