/** What a simulation gives. Durations in ms, shares 0 to 1. */
import type { Milliseconds } from '../../core/duration.ts'
import type { LatencySummary } from './statistics.ts'

/** How one member fared: attempts of the calls that are counted. `attempts = served + failures + unanswered`. */
export interface MemberResult {
  /** Requests sent to it. */
  readonly attempts: number
  /** Of those, the first of their call. */
  readonly firstAttempts: number
  /** Its share of all first attempts; 0 where there is none. */
  readonly share: number
  /** Requests answered well. */
  readonly served: number
  /** Requests refused, lost or answered with an error. */
  readonly failures: number
  /** Requests that had no answer when the simulation ended, or that it stopped because the client gave up. */
  readonly unanswered: number
  /** How long requests waited until their service began; null where none began. */
  readonly meanWait: Milliseconds | null
  /** How many requests waited, as a mean over the time in which calls came. */
  readonly meanQueue: number
  /** How many were in service, as a mean over the same time. */
  readonly meanBusy: number
}

/** A part of the course, the warm-up included. */
export interface SimulationSlice<Name extends string = string> {
  /** When it begins, from the start of the simulation. */
  readonly from: Milliseconds
  /** Calls that came. */
  readonly calls: number
  /** Requests sent to each member. */
  readonly attempts: Readonly<Record<Name, number>>
  /** Of those, the first of their call. */
  readonly firstAttempts: Readonly<Record<Name, number>>
}

/** What a simulation found, over the calls that came after its warm-up. `calls = ok + failed + unfinished`. */
export interface SimulationResult<Name extends string = string> {
  readonly calls: number
  /** Calls that gave a value. */
  readonly ok: number
  /** Calls that rejected. */
  readonly failed: number
  /** Calls that had not ended when `drain` was over. */
  readonly unfinished: number
  /** Rejections by the `code` of the error, or its name. */
  readonly errors: Readonly<Record<string, number>>
  /** Requests sent to members by these calls: the sum of the members'. */
  readonly attempts: number
  /** How long the calls took that gave a value. */
  readonly latency: LatencySummary
  /** By name, in the order given. */
  readonly members: Readonly<Record<Name, MemberResult>>
  /** The course, slice after slice. */
  readonly series: readonly SimulationSlice<Name>[]
}
