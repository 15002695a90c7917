/**
 * Reads a log as far as it is whole.
 *
 * The last line may be torn: the process or the machine went down while it was written, and nobody was told that it is
 * kept. It is as if it were not there. A bad line with good ones after it is damage, and nothing after it is believed: what
 * is missing might have changed everything.
 */

import type { StoreRecord } from '../../../availability/persistence/records.ts'
import { StoreError } from '../../../availability/persistence/store-error.ts'
import { isRecord } from '../../../core/options.ts'
import { bytesOf, lineOf, linesIn, valueIn } from './line.ts'

const format = 'holdfast.availability.log'

/** The first line. Its form stays, whatever comes of the others. */
export const header = bytesOf(lineOf({ format, version: 1 }))

export interface Log {
  readonly records: readonly StoreRecord[]
  /** How many bytes are whole; 0 where not even the header is. */
  readonly length: number
  /** The line that is bad, from 1, with good ones after it. */
  readonly damagedAt: number | undefined
}

/** @throws StoreError where it is of another version, or no log at all. */
export function readLog(path: string, bytes: Uint8Array): Log {
  const records: StoreRecord[] = []
  let length = 0
  let number = 0
  let bad: number | undefined
  let last = -1
  for (const { line, end } of linesIn(bytes)) {
    number++
    const value = end === undefined ? undefined : valueIn(line)
    const sound = number === 1 ? isHeader(path, value) : isRecord(value) && (value['seq'] as number) > last
    if (!sound) {
      bad ??= number
      continue
    }
    if (bad !== undefined) return { records, length, damagedAt: bad }
    length = end as number
    if (number === 1) continue
    records.push(value as unknown as StoreRecord)
    last = (value as unknown as StoreRecord).seq
  }
  if (length === 0 && !startsAsHeader(bytes)) foreign(path)
  return { records, length, damagedAt: undefined }
}

function isHeader(path: string, value: unknown): boolean {
  if (!isRecord(value)) return false
  if (value['format'] !== format) foreign(path)
  const { version } = value
  if (version === 1) return true
  throw new StoreError(`fileStore: ${path} is of version ${version}, and only 1 can be read`, 'HF_STORE_VERSION', {
    path,
  })
}

/** Empty, or torn while it was begun. */
function startsAsHeader(bytes: Uint8Array): boolean {
  return bytes.length <= header.length && bytes.every((byte, index) => byte === header[index])
}

function foreign(path: string): never {
  throw new StoreError(`fileStore: ${path} is no history of holdfast`, 'HF_STORE_DAMAGED', { path, line: 1 })
}
