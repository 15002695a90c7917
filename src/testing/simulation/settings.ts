/** The options of a simulation, checked and with their defaults. */
import type { CallOptions } from '../../core/call/call.ts'
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
import { type ResolvedFault, resolveFault } from './faults.ts'
import { type Latency, latencyCheck } from './latency.ts'
import type { SimulatedCall, SimulatedLoad, SimulationContext } from './options.ts'

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

export type SimulationSettings = ReturnType<typeof resolveSimulation>

export function resolveSimulation(given: unknown) {
  const settings = resolveOptions('simulate', given, {
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
  if ((settings.duration === undefined) === (settings.calls === undefined)) {
    throw new TypeError(
      `simulate: one of duration and calls must be given, got ${settings.calls === undefined ? 'none' : 'both'}`,
    )
  }
  const names = settings.members.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new TypeError(`simulate: member names must be unique, got ${show(twice)} twice`)
  return settings
}
