/** The errors of damaged files. Each message states what is lost, and where a copy of the file is. */
import { type LostRecords, StoreError } from '../../../availability/persistence/store-error.ts'
import type { LogDamage } from './read-log.ts'

/** `aside` is the copy; `snapshot` is a missing file that may have contained what the log lacks at its beginning. */
export function damagedLog(
  path: string,
  aside: string,
  { line, lost }: LogDamage,
  snapshot: string | undefined,
): StoreError {
  const { from, records, lines, bytes } = lost
  const what =
    bytes === 0
      ? `${range(from, records)} missing before line ${line} of ${path}` +
        (from === 1 && snapshot !== undefined
          ? `, and so is ${snapshot}`
          : ': the time from there to the next record is unknown')
      : `line ${line} of ${path} is damaged: ${lines === 1 ? '1 line' : `${lines} lines`} of ${bytes} bytes, from record ${from} on, ` +
        'cannot be trusted, and the time after them is unknown'
  return new StoreError(`fileStore: ${what}; ${kept(aside)}`, 'HF_STORE_DAMAGED', { path: aside, line, lost })
}

/** There is a snapshot, so there was a log. */
export function missingLog(path: string, lost: LostRecords): StoreError {
  const what = `${path} is empty or missing: everything from record ${lost.from} on is lost, and the time after it is unknown`
  return new StoreError(`fileStore: ${what}`, 'HF_STORE_DAMAGED', { path, lost })
}

/** `first` is the first number in the log, where there is one. */
export function damagedSnapshot(path: string, aside: string, bytes: number, first: number | undefined): StoreError {
  const records = first === undefined ? 1 : first - 1
  const where = { path: aside, line: 1 }
  const what = (loss: string): string => `fileStore: ${path} is damaged, and ${loss}; ${kept(aside)}`
  if (records === 0) return new StoreError(what('the log has all of it'), 'HF_STORE_DAMAGED', where)
  const range = first === undefined ? 'all that was recorded before' : `what it had, up to record ${records},`
  const lost = { from: 1, records, lines: 1, bytes }
  return new StoreError(what(`${range} is lost`), 'HF_STORE_DAMAGED', { ...where, lost })
}

/** Detected before a write. */
export function replacedLog(path: string, lost: LostRecords): StoreError {
  const what = `${path} was moved, replaced, truncated or written by another process`
  return new StoreError(
    `fileStore: ${what}: a snapshot replaces the records from ${lost.from} on`,
    'HF_STORE_DAMAGED',
    { path, lost },
  )
}

/** The log was cut to make room for a snapshot that still did not fit. */
export function cutInVain(path: string, lost: LostRecords, cause: unknown): StoreError {
  const what = `the disk is full, and ${path} was cut from record ${lost.from} on to make room for a snapshot that still did not fit`
  return Object.assign(new StoreError(`fileStore: ${what}`, 'HF_STORE_DAMAGED', { path, lost }), { cause })
}

function range(from: number, records: number): string {
  return records === 1 ? `record ${from} is` : `records ${from} to ${from + records - 1} are`
}

function kept(aside: string): string {
  return `a copy of the file is kept as ${aside}`
}
