/**
 * What a tracker knows, as plain JSON, to go on from after a restart.
 *
 * Instants are in the tracker's own time, and `at` ties that to the wall clock: the next process has a monotonic clock of
 * its own. Unknown fields are ignored, another version is refused.
 */
import { type Check, isRecord } from '../../core/options.ts'
import { areRequests, type RequestCounts } from '../components/request-counts.ts'
import { phases, type TimestampEntry } from '../outages/timestamps.ts'
import type { WalkState } from '../outages/tracked-outage.ts'
import type { Bucket } from '../timeline/bucket.ts'
import { areObjectives, type SavedObjective } from './saved-objectives.ts'

/** What one source said; its codes as digits. */
export interface SavedLog {
  /** The source of events recorded by hand; null for a policy or a probe. */
  readonly teller: string | null
  readonly times: readonly number[]
  readonly states: string
  readonly seqs: readonly number[]
}

/** Old history: buckets of time, and the state of the walk over outages at their end; null where nothing was seen yet. */
export interface SavedArchive {
  readonly until: number
  readonly buckets: readonly Bucket[]
  readonly standing: WalkState | null
}

/** Start, and end or null, by id. */
export type SavedIncidents = readonly (readonly [id: string, start: number, end: number | null])[]

export interface SavedComponent {
  readonly name: string
  readonly member: boolean
  readonly logs: readonly SavedLog[]
  readonly incidents: Readonly<Record<'down' | 'degraded' | 'maintenance', SavedIncidents>>
  /** From when on incidents that were over say nothing of now. */
  readonly hushed?: Readonly<Record<'down' | 'degraded' | 'maintenance', readonly number[]>> | undefined
  readonly stamps: readonly TimestampEntry[]
  readonly reasons: readonly (readonly [time: number, reason: string])[]
  readonly ids: readonly string[]
  readonly rejected: number
  readonly announced: number | null
  readonly requests: ReturnType<RequestCounts['save']>
  /** What is too old to be in the logs. */
  readonly archive?: SavedArchive | undefined
}

/** Plain JSON. */
export interface AvailabilitySnapshot {
  readonly format: 'holdfast.availability'
  readonly version: 1
  /** When it was taken, by the wall clock and in the tracker's own time. */
  readonly at: number
  readonly time: number
  /** When the tracking began. */
  readonly since: number
  /** Whether the tracker was closed then, or is thought to have ended then. Absent: taken while it went on. */
  readonly stopped?: boolean | undefined
  /** How far the wall clock was behind what was known already, in ms. Absent: it was not. */
  readonly behind?: number | undefined
  readonly asleep: SavedLog
  readonly components: readonly SavedComponent[]
  /** Not there in older ones. */
  readonly objectives?: readonly SavedObjective[]
}

export type ValueTest = (value: unknown) => boolean

export const isNumber: ValueTest = (value) => Number.isFinite(value)
export const isCount: ValueTest = (value) => Number.isSafeInteger(value) && (value as number) >= 0
export const isText: ValueTest = (value) => typeof value === 'string'
const nullOr =
  (test: ValueTest): ValueTest =>
  (value) =>
    value === null || test(value)
export const listOf =
  (test: ValueTest): ValueTest =>
  (value) =>
    Array.isArray(value) && value.every(test)
export const shape =
  (tests: Readonly<Record<string, ValueTest>>): ValueTest =>
  (value) =>
    isRecord(value) && Object.entries(tests).every(([name, test]) => Object.hasOwn(value, name) && test(value[name]))

const isSorted: ValueTest = (value) =>
  listOf(isNumber)(value) &&
  (value as number[]).every((time, index, all) => index === 0 || (all[index - 1] as number) <= time)

const isLog: ValueTest = (value) => {
  const fields = { teller: nullOr(isText), times: isSorted, states: isText, seqs: listOf(isNumber) }
  if (!shape(fields)(value)) return false
  const { times, states, seqs } = value as SavedLog
  return /^[0-6]*$/.test(states) && states.length === times.length && seqs.length === times.length
}

const areIncidents = listOf(
  (value) =>
    Array.isArray(value) &&
    isText(value[0]) &&
    isNumber(value[1]) &&
    (value[2] === null || (isNumber(value[2]) && value[2] >= value[1])),
)

export const isStamps: ValueTest = (value) =>
  shape({ start: isNumber })(value) &&
  phases.every((phase) => [undefined, null].includes((value as never)[phase]) || isNumber((value as never)[phase]))

const areHushed: ValueTest = (value) =>
  value === undefined || shape({ down: isSorted, degraded: isSorted, maintenance: isSorted })(value)

const isBucket = shape({
  from: isNumber,
  to: isNumber,
  times: listOf(isNumber),
  failures: isCount,
  restorations: isCount,
  restoring: isNumber,
})

const isOutage = shape({ start: isNumber, end: isNumber, net: isNumber })

const isStanding: ValueTest = (value) =>
  shape({ time: isNumber, code: isNumber, served: nullOr(isNumber) })(value) &&
  ['serving', 'failing', 'out'].includes((value as WalkState).kind) &&
  ((value as WalkState).last === undefined || isOutage((value as WalkState).last))

const areArchived: ValueTest = (value) =>
  value === undefined || shape({ until: isNumber, buckets: listOf(isBucket), standing: nullOr(isStanding) })(value)

const isComponentOf = shape({
  name: (value) => isText(value) && value !== '',
  member: (value) => typeof value === 'boolean',
  logs: listOf(isLog),
  incidents: shape({ down: areIncidents, degraded: areIncidents, maintenance: areIncidents }),
  stamps: listOf(isStamps),
  reasons: listOf((value) => Array.isArray(value) && isNumber(value[0]) && isText(value[1])),
  ids: listOf(isText),
  rejected: isCount,
  announced: nullOr(isNumber),
  requests: areRequests,
})

const isComponent: ValueTest = (value) =>
  isComponentOf(value) && areHushed((value as SavedComponent).hushed) && areArchived((value as SavedComponent).archive)

const isSnapshot = shape({
  format: (value) => value === 'holdfast.availability',
  version: (value) => value === 1,
  at: isNumber,
  time: isNumber,
  since: isNumber,
  asleep: isLog,
  components: listOf(isComponent),
})

const isBehind: ValueTest = (value) => value === undefined || (isNumber(value) && (value as number) >= 0)

export const snapshotCheck: Check<AvailabilitySnapshot> = (value, fail) =>
  isSnapshot(value) &&
  areObjectives((value as AvailabilitySnapshot).objectives) &&
  isBehind((value as AvailabilitySnapshot).behind)
    ? (structuredClone(value) as AvailabilitySnapshot)
    : fail('an availability snapshot of version 1')
