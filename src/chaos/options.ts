/** The options of chaos, and their checks. */
import type { Call } from '../core/call/call.ts'
import type { Duration } from '../core/duration.ts'
import {
  anything,
  boolean,
  functionOf,
  integer,
  optional,
  ratio,
  refuseOption,
  resolveOptions,
} from '../core/options.ts'
import type { BasePolicy, PolicyOptions } from '../core/policy.ts'
import { policyChecks } from '../core/policy-checks.ts'
import {
  type Injection,
  injectionOf,
  type LatencyBounds,
  type LatencyRange,
  latencyCheck,
  orFunction,
  patternCheck,
} from './injection.ts'

/** At most one of `fault`, `value`, `latency` and `behavior`; without any, a fault: `ChaosError`. */
export interface ChaosOptions<Value = never> extends PolicyOptions {
  /** Whether anything is injected: a boolean, or a function that is asked at each call. Default false. */
  readonly enabled?: boolean | (() => boolean)
  /** The share of calls, from 0 to 1, or a function that gives it for a call. Default 0.01. */
  readonly rate?: number | ((call: Call) => number)
  /** Draws from a sequence of its own, which this integer >= 0 determines; in place of `random`. */
  readonly seed?: number
  /** Only calls whose key matches. Default: all calls, also those without a key. */
  readonly key?: RegExp
  /** Gives what the call fails with, in place of the operation; `undefined` for a `ChaosError`. */
  readonly fault?: () => unknown
  /** What the call gives in place of the operation's value, or a function that gives it or a promise of it. */
  readonly value?: Value | ((call: Call) => Value | PromiseLike<Value>)
  /** A wait before the operation runs, >= 0; with bounds, a length between them, all equally likely. */
  readonly latency?: Duration | LatencyRange
  /** Code that runs, and is awaited, before the operation. */
  readonly behavior?: (call: Call) => unknown
  /** `true`: trackers and objectives count the call as any other. Default false: they leave it out. */
  readonly count?: boolean
}

export const defaults = Object.freeze({ enabled: false, rate: 0.01, count: false })

export type Enabled = () => boolean
export type Rate = (call: Call) => number
export type Behavior = (call: Call) => unknown

/** The options as they hold. */
export interface ChaosSettings {
  readonly injection: Injection
  readonly enabled: boolean | Enabled
  readonly rate: number | Rate
  readonly seed: number | undefined
  readonly key: RegExp | undefined
  readonly fault: (() => unknown) | undefined
  readonly value: unknown
  readonly latency: LatencyBounds | undefined
  readonly behavior: Behavior | undefined
  readonly count: boolean
}

/** @throws TypeError where an option is wrong. */
export function resolveChaosOptions(options: unknown): ChaosSettings & ConstructorParameters<typeof BasePolicy>[1] {
  const injection = injectionOf(options)
  const resolved = resolveOptions('chaos', options, {
    ...policyChecks,
    enabled: optional(orFunction<boolean, Enabled>(boolean, 'a boolean or a function'), defaults.enabled),
    rate: optional(orFunction<number, Rate>(ratio, 'a number from 0 to 1, or a function'), defaults.rate),
    seed: optional(integer(0), undefined),
    key: optional(patternCheck, undefined),
    fault: optional(functionOf<() => unknown>(), undefined),
    value: anything,
    latency: optional(latencyCheck, undefined),
    behavior: optional(functionOf<Behavior>(), undefined),
    count: optional(boolean, defaults.count),
  })
  const { seed, random } = resolved
  if (seed !== undefined && random !== undefined) refuseOption('chaos', 'seed', 'left out beside random', seed)
  return { ...resolved, injection }
}
