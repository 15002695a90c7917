/**
 * The events of the stream from the server to the page, and the requests that change something.
 *
 * Server and page are built from the same types, so they always agree. Instants are in ms since 1970 by the server's wall
 * clock, lengths are in ms, and unknown values are null.
 */
import type { Milliseconds } from '../../../core/duration.ts'
import type { CallCounts, Fact } from './facts.ts'

/** A page of another version asks its user to reload it. */
export const wireVersion = 2

/** The first event of a stream, `hello`. */
export interface Hello {
  readonly version: number
  readonly title: string
  /** The id of this stream. The page sends it as `?heartbeat=<stream>` from time to time to report that it still reads. */
  readonly stream: string
  /** Whether a store saves the history of the tracker; null without a tracker. */
  readonly persisted: boolean | null
  readonly at: Milliseconds
  /** The controls this dashboard offers; empty without the `control` option. */
  readonly controls: readonly ControlAction[]
  readonly facts: Readonly<Record<string, Fact>>
  /** Earlier counts of calls, oldest first. */
  readonly history: readonly CallSample[]
}

/** Every further event, `frame`: what changed since the previous one. A frame without changes is a sign of life. */
export interface Frame {
  readonly at: Milliseconds
  /** Facts that are new or changed, each complete, by id. */
  readonly set?: Readonly<Record<string, Fact>>
  /** Ids of facts that no longer exist. */
  readonly removed?: readonly string[]
}

/** The counts of all policies at one instant, by policy name. */
export interface CallSample {
  readonly at: Milliseconds
  readonly calls: Readonly<Record<string, CallCounts>>
}

export type ControlAction = 'isolate' | 'release' | 'reset' | 'drain' | 'maintenance' | 'ready'

/** The body of `POST ?control`, as JSON. The answer is `{}` or `{ error }`. */
export interface ControlRequest {
  readonly action: ControlAction
  /** The id of a breaker (`isolate`, `release`, `reset`) or of a member (`drain`, `maintenance`, `ready`). */
  readonly id: string
}
