/** The state of a component at a time, and how the result of a user's check is parsed. */
import { type ComponentState, states } from '../../availability/timeline/states.ts'
import type { Milliseconds } from '../../core/duration.ts'
import { isRecord, oneOf, optional, resolveOptions, show } from '../../core/options.ts'

export interface HealthReading {
  readonly state: ComponentState
  /** By the wall clock. */
  readonly at: Milliseconds
  /** How long the check took. */
  readonly took?: Milliseconds | undefined
  readonly value?: number | string | boolean | undefined
  readonly unit?: string | undefined
  readonly output?: string | undefined
}

export type ParsedResult = Pick<HealthReading, 'state' | 'value' | 'unit' | 'output'>

const longest = 200

/** Bounds a text of unknown origin, so that it can appear in an answer. */
export function bounded(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

/** Parses the result of a check that did not fail. @throws TypeError if it is a record with an invalid `state`. */
export function parseResult(result: unknown): ParsedResult {
  if (states.includes(result as ComponentState)) return { state: result as ComponentState }
  if (!isRecord(result) || !Object.hasOwn(result, 'state')) return { state: 'up' }
  const { state, value, unit, output } = result
  return resolveOptions('healthEndpoints: a check', { state, value, unit, output }, resultChecks)
}

/** A short reason of a failure; safe for anything that can be thrown. */
export function reason(error: unknown): string {
  try {
    if (error instanceof Error) return bounded(`${error.name}: ${error.message}`)
    return bounded(typeof error === 'string' ? error : show(error))
  } catch {
    return 'an error that cannot be read'
  }
}

const stringCheck = (value: unknown, fail: (expected: string) => never): string =>
  typeof value === 'string' ? bounded(value) : fail('a string')

const valueCheck = (value: unknown, fail: (expected: string) => never): number | string | boolean => {
  if (typeof value === 'string') return bounded(value)
  return typeof value === 'boolean' || Number.isFinite(value)
    ? (value as number | boolean)
    : fail('a string, a boolean or a finite number')
}

const resultChecks = {
  state: oneOf('up', 'degraded', 'down', 'maintenance', 'unknown'),
  value: optional(valueCheck, undefined),
  unit: optional(stringCheck, undefined),
  output: optional(stringCheck, undefined),
}
