/** The state of a breaker, to keep across a restart. */
import type { Milliseconds } from '../core/duration.ts'
import { type Check, isRecord } from '../core/options.ts'
import type { SavedResults } from '../stats/result-window.ts'

/** The counts of a closed breaker. Ages are in ms before the snapshot. */
export interface CircuitCounts {
  /** Failures in a row. */
  readonly row: number
  /** How long ago the first of them was counted; 0 if there is none. */
  readonly rowAge: Milliseconds
  /** Results in the window of the failure rate, oldest first. */
  readonly failures: readonly SavedResults[]
  /** The same for the rate of slow calls: there `bad` is slow. */
  readonly slow: readonly SavedResults[]
}

/**
 * Plain JSON. Kept: whether it is open and for how much longer, how often it opened in a row, whether it is disabled, the counts
 * of a closed breaker, and what is left of its warm-up. Not kept: running calls and probes, and an isolation, because its owner
 * does not survive the restart and could not release it.
 */
export interface CircuitSnapshot {
  readonly version: 1
  readonly state: 'closed' | 'open' | 'half-open' | 'disabled'
  /** Openings in a row. */
  readonly openings: number
  /** How much longer it was to stay open, in ms. */
  readonly remaining: Milliseconds
  /** When the snapshot was taken, wall time. */
  readonly at: Milliseconds
  /** Only of a closed breaker. */
  readonly counts?: CircuitCounts
  /** What is left of the warm-up, in ms; only if it has begun. */
  readonly warmUp?: Milliseconds
}

const states: readonly unknown[] = ['closed', 'open', 'half-open', 'disabled']

function least(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function count(value: unknown): value is number {
  return Number.isSafeInteger(value) && least(value)
}

function own(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined
}

function results(value: unknown): readonly SavedResults[] | undefined {
  if (!Array.isArray(value)) return undefined
  const list: SavedResults[] = []
  for (const item of value as readonly unknown[]) {
    const [age, good, bad, badAge] = ['age', 'good', 'bad', 'badAge'].map((name) => own(item, name))
    if (!(least(age) && count(good) && count(bad) && least(badAge))) return undefined
    list.push({ age, good, bad, badAge })
  }
  return list
}

function countsIn(value: unknown): CircuitCounts | undefined {
  const row = own(value, 'row')
  const rowAge = own(value, 'rowAge')
  const failures = results(own(value, 'failures'))
  const slow = results(own(value, 'slow'))
  if (!(count(row) && least(rowAge)) || failures === undefined || slow === undefined) return undefined
  return { row, rowAge, failures, slow }
}

export const snapshotCheck: Check<CircuitSnapshot> = (value, fail) => {
  const [openings, remaining, at, state, counts, warmUp] = [
    'openings',
    'remaining',
    'at',
    'state',
    'counts',
    'warmUp',
  ].map((name) => own(value, name))
  const counted = counts === undefined ? undefined : countsIn(counts)
  const fine =
    own(value, 'version') === 1 &&
    states.includes(state) &&
    count(openings) &&
    least(remaining) &&
    Number.isFinite(at) &&
    (counts === undefined) === (counted === undefined) &&
    (warmUp === undefined || least(warmUp))
  if (!fine) return fail('a snapshot of version 1')
  return Object.freeze({
    version: 1,
    state,
    openings,
    remaining,
    at,
    ...(counted === undefined ? {} : { counts: counted }),
    ...(warmUp === undefined ? {} : { warmUp }),
  }) as CircuitSnapshot
}

/** `snapshot` as it would be if it were taken at `at`, in wall time, of a breaker that it was restored to. */
export function aged(snapshot: CircuitSnapshot, at: Milliseconds): CircuitSnapshot {
  const { state, counts, remaining, warmUp } = snapshot
  const passed = Math.max(0, at - snapshot.at)
  return Object.freeze({
    ...snapshot,
    state: state === 'half-open' ? 'open' : state,
    remaining: Math.max(0, remaining - passed),
    at,
    ...(counts === undefined ? {} : { counts: agedCounts(counts, passed) }),
    ...(warmUp === undefined ? {} : { warmUp: Math.max(0, warmUp - passed) }),
  })
}

function agedCounts({ row, rowAge, failures, slow }: CircuitCounts, passed: Milliseconds): CircuitCounts {
  const older = (results: readonly SavedResults[]) =>
    results.map((result) => ({ ...result, age: result.age + passed, badAge: result.badAge + passed }))
  return { row, rowAge: row > 0 ? rowAge + passed : 0, failures: older(failures), slow: older(slow) }
}
