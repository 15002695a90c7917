/** The state of a breaker, to be kept over a restart. */
import type { Milliseconds } from '../core/duration.ts'
import { type Check, isRecord } from '../core/options.ts'

/**
 * Plain JSON. Kept: whether it is open and for how long still, how often it opened in a row, and whether it is disabled.
 * Not kept: the windows, probes under way, and an isolation (whoever isolated it is gone, so nobody could release it).
 */
export interface CircuitSnapshot {
  readonly version: 1
  readonly state: 'closed' | 'open' | 'half-open' | 'disabled'
  /** Openings in a row. */
  readonly openings: number
  /** How long it still had to stay open, in ms. */
  readonly remaining: Milliseconds
  /** When the snapshot was taken, wall time. */
  readonly at: Milliseconds
}

const states: readonly unknown[] = ['closed', 'open', 'half-open', 'disabled']

export const snapshotCheck: Check<CircuitSnapshot> = (value, fail) => {
  const own = (name: string): unknown => (isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined)
  const { openings, remaining, at, state } = {
    openings: own('openings'),
    remaining: own('remaining'),
    at: own('at'),
    state: own('state'),
  }
  const fine =
    own('version') === 1 &&
    states.includes(state) &&
    Number.isSafeInteger(openings) &&
    (openings as number) >= 0 &&
    Number.isFinite(remaining) &&
    (remaining as number) >= 0 &&
    Number.isFinite(at)
  if (!fine) return fail('a snapshot of version 1')
  return Object.freeze({ version: 1, state, openings, remaining, at }) as CircuitSnapshot
}
