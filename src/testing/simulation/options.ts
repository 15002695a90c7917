/** The options of a simulation. */
import type { CallOptions } from '../../core/call/call.ts'
import type { Clock } from '../../core/clock.ts'
import type { Duration } from '../../core/duration.ts'
import type { AnyPolicy } from '../../core/policy.ts'
import type { Random } from '../../core/random.ts'
import type { SimulatedFault } from './faults.ts'
import type { Latency } from './latency.ts'
import type { MeteredLoad } from './load-meter.ts'

/** A simulated server. */
export interface SimulatedMember<Name extends string = string> {
  /** Unique; the policy passes it to its operation as `member` or `target`. */
  readonly name: Name
  /** How long it works on a request: a constant, or drawn for each request. */
  readonly latency: Duration | Latency
  /** Requests it works on at the same time, an integer >= 1 or Infinity. Default Infinity. */
  readonly capacity?: number
  /** Requests that may wait beside those, an integer >= 0 or Infinity; further ones are refused (`SIM_BUSY`). Default Infinity. */
  readonly queue?: number
  /**
   * It stops work on a request that its client aborted. Default false, as with most servers: they notice late or never, and
   * the slot is taken until the work is done.
   */
  readonly stopsOnAbort?: boolean
  /** Its faults. Default: none. */
  readonly faults?: readonly SimulatedFault[]
}

/** What the policy of a client is made from. */
export interface SimulationContext<Name extends string = string> {
  /** The simulation's clock. A policy without a clock adopts it. */
  readonly clock: Clock
  /** This client's own random source, determined by the seed. A policy without a source adopts it. */
  readonly random: Random
  /** The names of the members, in the order given. */
  readonly members: readonly Name[]
  /** The client's number, from 0. */
  readonly client: number
}

/** A call that is about to be made. */
export interface SimulatedCall {
  readonly client: number
  /** Its number among all calls, from 0. */
  readonly index: number
  /** A random source for keys and the like; using it changes no other draw. */
  readonly random: Random
}

/** The load that a member reports with each answer, good or bad. */
export interface SimulatedLoad<Name extends string = string> extends MeteredLoad {
  readonly member: Name
  /** The client that it answers. */
  readonly client: number
}

interface SimulationBase<Name extends string> {
  /** The servers, at least one. */
  readonly members: readonly SimulatedMember<Name>[]
  /** Makes the policy of a client; called once for each. It must pass a member's name to its operation, unless there is only one. */
  readonly policy: (context: SimulationContext<Name>) => AnyPolicy
  /** Calls per second of all clients together, > 0: a Poisson process, with all clients equally likely. */
  readonly rate: number
  /** Number of clients, an integer >= 1. Each has its own policy, and so its own view of the members. Default 1. */
  readonly clients?: number
  /** The seed of all randomness in the simulation, an integer. Default 1. */
  readonly seed?: number
  /** Calls that come in this first time do not count. Default 0. */
  readonly warmUp?: Duration
  /** How long the simulation waits for open calls after the last one came. Default 1 h. */
  readonly drain?: Duration
  /** Length of a slice of `series`. Default 1 s. */
  readonly slice?: Duration
  /** The options of a call: key, deadline and so on. Default: none. */
  readonly call?: (call: SimulatedCall) => CallOptions
  /** Called with the load that members report. */
  readonly report?: (load: SimulatedLoad<Name>) => void
}

/** The options of `simulate`: `duration` or `calls` must be given. */
export type SimulationOptions<Name extends string = string> = SimulationBase<Name> &
  (
    | {
        /** How long counted calls come. */
        readonly duration: Duration
        readonly calls?: undefined
      }
    | {
        /** The number of counted calls, an integer >= 1. */
        readonly calls: number
        readonly duration?: undefined
      }
  )
