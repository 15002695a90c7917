/** The kinds of things that chaos injects, and the checks of the options that name them. */
import type { Duration, Milliseconds } from '../core/duration.ts'
import { type Check, callable, duration, isRecord, refuseOption } from '../core/options.ts'

/** What was injected. */
export type Injection = 'fault' | 'value' | 'latency' | 'behavior'

/** Bounds of a latency: durations >= 0, `min` <= `max`. */
export interface LatencyRange {
  readonly min: Duration
  readonly max: Duration
}

/** The same in ms. */
export interface LatencyBounds {
  readonly min: Milliseconds
  readonly max: Milliseconds
}

const kinds = ['fault', 'value', 'latency', 'behavior'] as const

/**
 * The one kind that the options name; a fault where they name none.
 * @throws TypeError where they name more than one.
 */
export function injectionOf(given: unknown): Injection {
  const options = isRecord(given) ? given : {}
  // `undefined` is a value that may be injected; any other option that is undefined is left out.
  const isNamed = (kind: Injection): boolean =>
    Object.hasOwn(options, kind) && (kind === 'value' || options[kind] !== undefined)
  const [first = 'fault', second] = kinds.filter(isNamed)
  return second === undefined ? first : refuseOption('chaos', second, `left out beside ${first}`, options[second])
}

const wait = duration('>= 0')

export const latencyCheck: Check<LatencyBounds> = (value, fail) => {
  const refuse = (): never => fail('a duration >= 0, or { min, max } with min <= max')
  const { min = refuse(), max = refuse(), ...others } = isRecord(value) ? value : { min: value, max: value }
  const bounds = { min: wait(min, refuse), max: wait(max, refuse) }
  return bounds.min <= bounds.max && Object.keys(others).length === 0 ? Object.freeze(bounds) : refuse()
}

/** A value of the type that `check` wants, or a function that is asked at each call. */
export function orFunction<Value, Ask>(check: Check<Value>, expected: string): Check<Value | Ask> {
  return (value, fail) =>
    typeof value === 'function' ? (callable(value, fail) as Ask) : check(value, () => fail(expected))
}

/** A copy without the flags by which a pattern remembers its last match. */
export const patternCheck: Check<RegExp> = (value, fail) =>
  value instanceof RegExp ? new RegExp(value.source, value.flags.replace(/[gy]/g, '')) : fail('a RegExp')
