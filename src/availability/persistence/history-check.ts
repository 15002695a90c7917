/**
 * Looks through what a store gives before it is believed. Kinds of records that are not known are left out: a later version
 * may write more. Another major version is refused, and so is what is broken.
 */
import { isRecord, show } from '../../core/options.ts'
import { areRequests } from '../components/request-counts.ts'
import { isNumber, isStamps, isText, listOf, shape, snapshotCheck, type ValueTest } from '../snapshot/snapshot.ts'
import { states } from '../timeline/states.ts'
import type { StoreNote, StoreRecord } from './records.ts'
import type { StoredHistory, StoreSnapshot } from './store.ts'
import { type LostRecords, StoreError } from './store-error.ts'

/** What is believed. */
export interface CheckedHistory {
  readonly snapshot: StoreSnapshot | undefined
  /** Only those the snapshot does not cover. */
  readonly records: readonly StoreRecord[]
  /** Those of them that come after records which were lost, by number. */
  readonly resumed: ReadonlySet<number>
  /** Records after the last one were lost. */
  readonly torn: boolean
  /** The last number given to a record. */
  readonly seq: number
  /** What is missing in the numbers: the first of each stretch, and how many. */
  readonly missing: readonly LostRecords[]
}

export const stepNames: readonly string[] = [...states, 'silent']

const maybe =
  (test: ValueTest): ValueTest =>
  (value) =>
    value === undefined || test(value)
const isStep: ValueTest = (value) => Array.isArray(value) && isNumber(value[0]) && stepNames.includes(value[1])
const isSeq: ValueTest = (value) => Number.isSafeInteger(value) && (value as number) >= 0

const fields: Readonly<Record<StoreNote['kind'], Readonly<Record<string, ValueTest>>>> = {
  start: { version: (value) => value === 1 },
  said: {
    component: isText,
    source: isNumber,
    steps: (value) => listOf(isStep)(value) && (value as unknown[]).length > 0,
    stamps: maybe(isStamps),
    reason: maybe(isText),
  },
  gone: { component: isText, source: isNumber, from: isNumber },
  told: { event: isRecord },
  slept: { from: isNumber, to: isNumber },
  counts: { component: isText, requests: areRequests, rejected: isSeq },
  beat: {},
  stopped: {},
}

const isSnapshot = shape({
  format: (value) => value === 'holdfast.availability.store',
  seq: isSeq,
  history: isRecord,
  sources: listOf((value) => Array.isArray(value) && isText(value[0]) && isSeq(value[1]) && isNumber(value[2])),
  carried: listOf((value) => Array.isArray(value) && isText(value[0]) && isSeq(value[1])),
})

/** @throws StoreError where it is broken, or of another version. */
export function historyOf(stored: StoredHistory = { records: [] }): CheckedHistory {
  if (!isRecord(stored) || !Array.isArray(stored.records)) damaged(`a history must have records, got ${show(stored)}`)
  const snapshot = stored.snapshot === undefined ? undefined : checkedSnapshot(stored.snapshot)
  let seq = snapshot?.seq ?? 0
  let broken = false
  const records: StoreRecord[] = []
  const resumed = new Set<number>()
  const missing: LostRecords[] = []
  const goOnAt = (next: number): void => {
    if (next > seq + 1) {
      missing.push({ from: seq + 1, records: next - seq - 1, lines: 0, bytes: 0 })
      broken = true
    }
  }
  for (const record of stored.records) {
    if (isCovered(record, seq) && records.length === 0) continue
    if (!isSound(record, seq)) damaged(`the record after number ${seq} is not sound`)
    goOnAt(record.seq)
    seq = record.seq
    if (!Object.hasOwn(fields, record.kind)) continue
    if (broken) resumed.add(seq)
    broken = false
    records.push(record)
  }
  const last = stored.seq === undefined ? seq : stored.seq
  if (!isSeq(last) || last < seq) damaged(`the last number must be an integer >= ${seq}, got ${show(last)}`)
  goOnAt(last + 1)
  return { snapshot, records, resumed, torn: broken, seq: last, missing }
}

function isCovered(record: unknown, seq: number): boolean {
  return isRecord(record) && isSeq(record['seq']) && (record['seq'] as number) <= seq
}

function isSound(record: unknown, before: number): record is StoreRecord {
  if (!shape({ seq: isSeq, at: isNumber, time: isNumber, kind: isText })(record)) return false
  const { seq, kind, ...rest } = record as StoreRecord
  if (kind === 'start') version((rest as Record<string, unknown>)['version'])
  const tests = Object.hasOwn(fields, kind) ? fields[kind] : {}
  return seq > before && Object.entries(tests).every(([name, test]) => test((rest as Record<string, unknown>)[name]))
}

function checkedSnapshot(value: unknown): StoreSnapshot {
  if (isRecord(value)) version(value['version'])
  if (!isSnapshot(value)) damaged('the snapshot is not sound')
  const snapshot = value as StoreSnapshot
  const history = snapshotCheck(snapshot.history, (expected) => damaged(`the snapshot must have ${expected}`))
  return { ...snapshot, history }
}

function version(value: unknown): void {
  if (typeof value === 'number' && value !== 1) {
    throw new StoreError(
      `availabilityTracker: a history of version ${value} cannot be read, only of 1`,
      'HF_STORE_VERSION',
    )
  }
}

function damaged(what: string): never {
  throw new StoreError(`availabilityTracker: ${what}`, 'HF_STORE_DAMAGED')
}
