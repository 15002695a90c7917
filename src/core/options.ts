/**
 * Checks of options, done once, at construction.
 *
 * Every refusal has one form: `<kind>: <option> must be <what>, got <value>`.
 * A check returns the resolved value; the object that was given is never changed or kept.
 */
import { type Duration, milliseconds } from './duration.ts'
import { unknownOption } from './unknown-name.ts'

/** Turns what was given into what is used, or throws. `undefined` is an option left out. */
export type Check<Value> = (value: unknown, fail: Fail) => Value

/** Throws the one message form; `expected` completes "must be …". */
export type Fail = (expected: string) => never

type Checks = Readonly<Record<string, Check<unknown>>>
type Resolved<C extends Checks> = { readonly [K in keyof C]: C[K] extends Check<infer V> ? V : never }

/** Resolves `given` against `checks`; an unknown name is refused, with the known name that is probably meant. */
export function resolveOptions<C extends Checks>(kind: string, given: unknown, checks: C): Resolved<C> {
  const options = given === undefined ? {} : given
  if (!isRecord(options) || options instanceof Promise) return refuseOption(kind, 'options', 'an object', given)
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(checks, name)) continue
    throw new TypeError(unknownOption(kind, name, options[name], Object.keys(checks)))
  }
  const resolved: Record<string, unknown> = {}
  for (const [name, check] of Object.entries(checks)) {
    const value = Object.hasOwn(options, name) ? options[name] : undefined
    resolved[name] = check(value, (expected) => refuseOption(kind, name, expected, value))
  }
  return Object.freeze(resolved) as Resolved<C>
}

/** Throws the one message form. */
export function refuseOption(kind: string, name: string, expected: string, value: unknown): never {
  throw new TypeError(`${kind}: ${name} must be ${expected}, got ${show(value)}${remark(name, expected, value)}`)
}

/** What was probably meant by a refused value. */
export function remark(name: string, expected: string, value: unknown): string {
  if (typeof value === 'string') {
    return expected.startsWith('a duration') && Number.isNaN(milliseconds(value))
      ? "; durations are ms, or like '250ms', '2s', '5m', '1h', '30d'"
      : ''
  }
  if (typeof value === 'number') {
    return expected.startsWith('a number from 0 to 1') && value > 1 && value <= 100
      ? `; ${value} % is ${value / 100}`
      : ''
  }
  if (typeof value !== 'function' || expected.includes('function') || value.name === '' || value.name === name)
    return ''
  return `; was ${value.name}(…) meant?`
}

/** The value, or `otherwise` where the option was left out. */
export function optional<Value, const Other>(check: Check<Value>, otherwise: Other): Check<Value | Other> {
  return (value, fail) => (value === undefined ? otherwise : check(value, fail))
}

export function integer(min: number, infinite = false): Check<number> {
  const expected = `an integer >= ${min}${infinite ? ' or Infinity' : ''}`
  return (value, fail) => {
    if (infinite && value === Number.POSITIVE_INFINITY) return value
    return Number.isSafeInteger(value) && (value as number) >= min ? (value as number) : fail(expected)
  }
}

/** `Infinity` too. The message of the check stays: who gave a wrong number hardly wanted that. */
export function orInfinity(check: Check<number>): Check<number> {
  return (value, fail) => (value === Number.POSITIVE_INFINITY ? value : check(value, fail))
}

export const ratio: Check<number> = (value, fail) =>
  typeof value === 'number' && value >= 0 && value <= 1 ? value : fail('a number from 0 to 1')

export function finite(min: number): Check<number> {
  return (value, fail) =>
    typeof value === 'number' && Number.isFinite(value) && value >= min ? value : fail(`a finite number >= ${min}`)
}

export const positive: Check<number> = (value, fail) =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : fail('a finite number > 0')

export const boolean: Check<boolean> = (value, fail) => (typeof value === 'boolean' ? value : fail('a boolean'))

/** Bounds of a duration: `> 0` or `>= 0`, and whether `Infinity` is one. */
export function duration(bound: '> 0' | '>= 0', infinite = false): Check<number> {
  const expected = `a duration ${bound}${infinite ? ' or Infinity' : ''}`
  return (value, fail) => {
    const ms = milliseconds(value)
    const inside = bound === '> 0' ? ms > 0 : ms >= 0
    return inside && (infinite || ms !== Number.POSITIVE_INFINITY) ? ms : fail(expected)
  }
}

export const text: Check<string> = (value, fail) =>
  typeof value === 'string' && value !== '' ? value : fail('a non-empty string')

type AnyFunction = (...args: never[]) => unknown

export const callable: Check<AnyFunction> = (value, fail) =>
  typeof value === 'function' ? (value as AnyFunction) : fail('a function')

/** A function of the type the caller names; only that it can be called is checked. */
export function functionOf<F>(): Check<F> {
  return (value, fail) => callable(value, fail) as F
}

export function oneOf<const Value extends string>(...values: readonly Value[]): Check<Value> {
  const expected = `${values.length > 1 ? 'one of ' : ''}${values.map((value) => `'${value}'`).join(', ')}`
  return (value, fail) => (values.includes(value as Value) ? (value as Value) : fail(expected))
}

export const anything: Check<unknown> = (value) => value

/** `given` as an options object where it is a shorthand for the one option that matters. */
export function shorthand(name: string, given: unknown): unknown {
  return given === undefined || isRecord(given) || given === null ? given : { [name]: given }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** How a refused value is shown: short, and safe for any value. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'bigint') return `${value}n`
  if (Array.isArray(value)) return 'an array'
  if (value instanceof Promise) return 'a promise'
  if (typeof value === 'object' && value !== null) return 'an object'
  return String(value)
}

export type { Duration }
