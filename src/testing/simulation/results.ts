/** The result of a simulation. Durations in ms, shares 0 to 1. */
import type { Milliseconds } from '../../core/duration.ts'
import type { LatencySummary } from './statistics.ts'

/** The requests of one member, from counted calls. `attempts = served + failures + unanswered`. */
export interface MemberResult {
  /** Requests sent to it. */
  readonly attempts: number
  /** Those that were the first attempt of their call. */
  readonly firstAttempts: number
  /** Its share of all first attempts; 0 if there were none. */
  readonly share: number
  /** Requests answered without error. */
  readonly served: number
  /** Requests refused, lost or answered with an error. */
  readonly failures: number
  /** Requests without an answer at the end of the simulation, or stopped because the client aborted. */
  readonly unanswered: number
  /** Mean time that requests waited for their service to begin; null if none began. */
  readonly meanWait: Milliseconds | null
  /** Mean number of waiting requests, over the time in which calls came. */
  readonly meanQueue: number
  /** Mean number of requests in service, over the same time. */
  readonly meanBusy: number
}

/** A slice of the simulation's time, including the warm-up. */
export interface SimulationSlice<Name extends string = string> {
  /** Its start, counted from the start of the simulation. */
  readonly from: Milliseconds
  /** Calls that came. */
  readonly calls: number
  /** Those of them that resolved, whenever that was. */
  readonly ok: number
  /** Requests sent to each member. */
  readonly attempts: Readonly<Record<Name, number>>
  /** Those that were the first attempt of their call. */
  readonly firstAttempts: Readonly<Record<Name, number>>
}

/** The result, over the calls that came after the warm-up. `calls = ok + failed + unfinished`. */
export interface SimulationResult<Name extends string = string> {
  readonly calls: number
  /** Calls that resolved. */
  readonly ok: number
  /** Calls that rejected. */
  readonly failed: number
  /** Calls that had not settled when `drain` was over. */
  readonly unfinished: number
  /** Number of rejections by the `code` of the error, or by its name. */
  readonly errors: Readonly<Record<string, number>>
  /** Requests that these calls sent to members. */
  readonly attempts: number
  /** The durations of the calls that resolved. */
  readonly latency: LatencySummary
  /** By name, in the order given. */
  readonly members: Readonly<Record<Name, MemberResult>>
  /** The course of the simulation, slice by slice. */
  readonly series: readonly SimulationSlice<Name>[]
}
