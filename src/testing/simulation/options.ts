/** What a simulation is told, checked and with its defaults. */
import type { CallOptions } from '../../core/call.ts'
import type { Clock } from '../../core/clock.ts'
import type { Duration } from '../../core/duration.ts'
import {
  boolean,
  type Check,
  duration,
  functionOf,
  integer,
  optional,
  positive,
  resolveOptions,
  show,
  text,
} from '../../core/options.ts'
import type { AnyPolicy } from '../../core/policy.ts'
import type { Random } from '../../core/random.ts'
import { type ResolvedFault, resolveFault, type SimulatedFault } from './faults.ts'
import { type Latency, latencyCheck } from './latency.ts'
import type { MeteredLoad } from './load-meter.ts'

/** A server that calls are sent to. */
export interface SimulatedMember<Name extends string = string> {
  /** Unique; what a policy gives as `member` or `target`. */
  readonly name: Name
  /** How long it works on a request: always the same, or drawn anew for each. */
  readonly latency: Duration | Latency
  /** Requests it works on at once, an integer >= 1 or Infinity. Default Infinity. */
  readonly capacity?: number
  /** Requests that may wait beyond those, an integer >= 0 or Infinity; further ones are refused (`SIM_BUSY`). Default Infinity. */
  readonly queue?: number
  /**
   * It stops work on a request whose client gave up. Default false, as most servers do: they notice late or never, and the
   * slot is taken until the work is done.
   */
  readonly stopsOnAbort?: boolean
  /** What goes wrong with it. Default: nothing. */
  readonly faults?: readonly SimulatedFault[]
}

/** What a client's policy is made from. */
export interface SimulationContext<Name extends string = string> {
  /** The simulation's clock. A policy without a clock takes it by itself. */
  readonly clock: Clock
  /** Numbers of this client's own, the same ones for the same seed. A policy without a source takes it by itself. */
  readonly random: Random
  /** The names of the members, in the order given. */
  readonly members: readonly Name[]
  /** Which client it is, from 0. */
  readonly client: number
}

/** What is known of a call before it is made. */
export interface SimulatedCall {
  readonly client: number
  /** Which call of the simulation it is, from 0. */
  readonly index: number
  /** For keys and the like; no other draw depends on how often it is asked. */
  readonly random: Random
}

/** What a member says of its load with an answer, good or bad. */
export interface SimulatedLoad<Name extends string = string> extends MeteredLoad {
  readonly member: Name
  /** Whom it answers. */
  readonly client: number
}

interface Common<Name extends string> {
  /** The servers, at least one. */
  readonly members: readonly SimulatedMember<Name>[]
  /** Makes the policy of a client; called once for each. Its operation must be given a member's name, unless there is only one. */
  readonly policy: (context: SimulationContext<Name>) => AnyPolicy
  /** Calls a second that come from all clients together, by chance (Poisson) and from each alike; > 0. */
  readonly rate: number
  /** How many clients, an integer >= 1. Each has a policy, and so a view of the members, of its own. Default 1. */
  readonly clients?: number
  /** What all chance in the simulation begins with, an integer. Default 1. */
  readonly seed?: number
  /** How long calls come before they count. Default 0. */
  readonly warmUp?: Duration
  /** How long calls may still take after the last one came. Default 1 h. */
  readonly drain?: Duration
  /** How long a slice of `series` is. Default 1 s. */
  readonly slice?: Duration
  /** What a call is given: key, deadline and so on. Default: nothing. */
  readonly call?: (call: SimulatedCall) => CallOptions
  /** Hears what members say of their load. */
  readonly report?: (load: SimulatedLoad<Name>) => void
}

/** How a simulation is set up; give it `duration` or `calls`. */
export type SimulationOptions<Name extends string = string> = Common<Name> &
  (
    | {
        /** How long calls come that count. */
        readonly duration: Duration
        readonly calls?: undefined
      }
    | {
        /** How many calls come that count, an integer >= 1. */
        readonly calls: number
        readonly duration?: undefined
      }
  )

export interface ResolvedMember {
  readonly name: string
  readonly latency: Latency
  readonly capacity: number
  readonly queue: number
  readonly stopsOnAbort: boolean
  readonly faults: readonly ResolvedFault[]
}

function listOf<Item>(resolve: (item: unknown) => Item, least: number): Check<readonly Item[]> {
  const expected = least === 0 ? 'an array' : `an array of ${least} or more`
  return (value, fail) => (Array.isArray(value) && value.length >= least ? value.map(resolve) : fail(expected))
}

function resolveMember(given: unknown): ResolvedMember {
  return resolveOptions('simulate: member', given, {
    name: text,
    latency: latencyCheck,
    capacity: optional(integer(1, true), Number.POSITIVE_INFINITY as number),
    queue: optional(integer(0, true), Number.POSITIVE_INFINITY as number),
    stopsOnAbort: optional(boolean, false as boolean),
    faults: optional(listOf(resolveFault, 0), [] as readonly ResolvedFault[]),
  })
}

const safeInteger: Check<number> = (value, fail) =>
  Number.isSafeInteger(value) ? (value as number) : fail('an integer')

export type Resolved = ReturnType<typeof resolveSimulation>

export function resolveSimulation(given: unknown) {
  const rules = resolveOptions('simulate', given, {
    members: listOf(resolveMember, 1),
    policy: functionOf<(context: SimulationContext) => unknown>(),
    rate: positive,
    clients: optional(integer(1), 1 as number),
    seed: optional(safeInteger, 1 as number),
    warmUp: optional(duration('>= 0'), 0 as number),
    drain: optional(duration('>= 0'), 3_600_000 as number),
    slice: optional(duration('> 0'), 1000 as number),
    call: optional(functionOf<(call: SimulatedCall) => CallOptions>(), undefined),
    report: optional(functionOf<(load: SimulatedLoad) => void>(), undefined),
    duration: optional(duration('> 0'), undefined),
    calls: optional(integer(1), undefined),
  })
  if ((rules.duration === undefined) === (rules.calls === undefined)) {
    throw new TypeError(
      `simulate: one of duration and calls must be given, got ${rules.calls === undefined ? 'none' : 'both'}`,
    )
  }
  const names = rules.members.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new TypeError(`simulate: member names must be unique, got ${show(twice)} twice`)
  return rules
}
