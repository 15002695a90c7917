/**
 * The files of a tracker: the log of its `fileStore` with the snapshot beside it, and the result of `tracker.snapshot()`.
 *
 * They are replayed as the tracker does after a restart, on a stopped clock, and nothing is written: the tracker may be using
 * the same files.
 */
import { bytesOf, linesIn, valueIn } from '../../adapters/file/store/line.ts'
import { historyOf } from '../../availability/persistence/history-check.ts'
import type { StoreRecord } from '../../availability/persistence/records.ts'
import { replay } from '../../availability/persistence/replay.ts'
import type { StoredHistory } from '../../availability/persistence/store.ts'
import { type AvailabilitySnapshot, snapshotCheck } from '../../availability/snapshot/snapshot.ts'
import { isRecord } from '../../core/options.ts'
import { resolveTrackerOptions } from '../../full-tracker/options.ts'
import { InputError } from '../errors.ts'

/** The kind of a tracker's file, recognised by its beginning. */
export type OwnKind = 'log' | 'store' | 'snapshot'

export interface OwnHistory {
  readonly snapshot: AvailabilitySnapshot
  /** The number of damaged lines, without a torn last line. */
  readonly damaged: number
}

const sealed = /^[0-9a-f]{8} \{"format":"holdfast\.availability\.(log|store)"/
const plain = /^\s*\{\s*"format"\s*:\s*"holdfast\.availability"/

export function ownKind(head: string): OwnKind | undefined {
  const found = sealed.exec(head)
  if (found !== null) return found[1] as 'log' | 'store'
  return plain.test(head) ? 'snapshot' : undefined
}

/** `beside` is the snapshot beside a log, if there is one. Undefined for an empty history. */
export function ownHistory(kind: OwnKind, text: string, beside: string | undefined): OwnHistory | undefined {
  if (kind === 'snapshot') return { snapshot: checked(text), damaged: 0 }
  const [main, side] = [linesOf(text), linesOf(beside ?? '')]
  const store = kind === 'store' ? main : side
  const records = kind === 'store' ? [] : recordsOf(main.values)
  const [stored] = store.values
  if (stored !== undefined) version(stored)
  const snapshot = played({ ...(stored !== undefined && { snapshot: stored as never }), records })
  return snapshot && { snapshot, damaged: main.damaged + side.damaged }
}

function played(stored: StoredHistory): AvailabilitySnapshot | undefined {
  try {
    return replay(historyOf(stored), resolveTrackerOptions({}))
  } catch (error) {
    throw new InputError(`the history of the tracker cannot be used: ${(error as Error).message}`)
  }
}

function checked(text: string): AvailabilitySnapshot {
  const fail = (expected: string): never => {
    throw new InputError(`not a usable snapshot of a tracker: it must be ${expected}`)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return fail('JSON')
  }
  return snapshotCheck(value, fail)
}

function linesOf(text: string): { readonly values: readonly unknown[]; readonly damaged: number } {
  const values: unknown[] = []
  let damaged = 0
  for (const { line, end } of linesIn(bytesOf(text))) {
    const value = end === undefined ? undefined : valueIn(line)
    if (value !== undefined) values.push(value)
    else if (end !== undefined) damaged++
  }
  return { values, damaged }
}

/** The first line says what the file is. */
function recordsOf([header, ...records]: readonly unknown[]): readonly StoreRecord[] {
  version(header)
  return records as readonly StoreRecord[]
}

function version(header: unknown): void {
  const found = isRecord(header) ? header['version'] : undefined
  if (found !== 1) throw new InputError(`the history of the tracker has version ${found}; only version 1 can be read`)
}
