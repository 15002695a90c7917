/**
 * Opens a log and its snapshot, and reads the history.
 *
 * A damaged file is copied before anything is changed; only trusted records are kept.
 */
import type { StoredHistory } from '../../../availability/persistence/store.ts'
import type { StoreError } from '../../../availability/persistence/store-error.ts'
import { damagedLog, damagedSnapshot, missingLog } from './damage.ts'
import { LogFile } from './log-file.ts'
import { header, readLog, type StoreLog } from './read-log.ts'
import type { FoundSnapshot, SnapshotFile } from './snapshot-file.ts'
import { keepAside } from './whole-file.ts'

export interface OpenedHistory {
  readonly log: LogFile
  readonly history: StoredHistory
  /** The last record number in use. */
  readonly last: number
  /** The last record of the snapshot. */
  readonly covered: number
}

export async function openHistory(path: string, file: SnapshotFile, syncs: boolean): Promise<OpenedHistory> {
  const found = await file.read()
  const { snapshot } = found
  const covered = found.bytes === undefined ? 0 : snapshot?.seq
  const { log, bytes } = await LogFile.open(path, syncs)
  try {
    const read = readLog(path, bytes, covered)
    const faults = await faultsOf(path, file.path, read, found)
    if (found.bytes !== undefined && snapshot === undefined) await file.remove()
    await log.cut(read.length)
    if (read.length === 0) await log.append(header, true)
    const ends = faults.map(({ lost }) => (lost === undefined ? 0 : lost.from + lost.records - 1))
    const last = Math.max(read.seq, ...ends)
    const seq = faults.length === 0 ? undefined : last
    return { log, history: { snapshot, records: read.records, seq, faults }, last, covered: covered ?? 0 }
  } catch (error) {
    await log.close()
    throw error
  }
}

async function faultsOf(
  path: string,
  snapshotPath: string,
  { length, damage, first, seq }: StoreLog,
  { bytes, snapshot }: FoundSnapshot,
): Promise<readonly StoreError[]> {
  const faults: StoreError[] = []
  if (bytes !== undefined && snapshot === undefined) {
    faults.push(damagedSnapshot(snapshotPath, await keepAside(snapshotPath), bytes.length, first))
  }
  if (damage.length > 0) {
    const aside = await keepAside(path)
    for (const each of damage) {
      faults.push(damagedLog(path, aside, each, bytes === undefined ? snapshotPath : undefined))
    }
  }
  // There was a snapshot, so there was a log.
  else if (length === 0 && snapshot !== undefined) {
    faults.push(missingLog(path, { from: seq + 1, records: 1, lines: 0, bytes: 0 }))
  }
  return faults
}
