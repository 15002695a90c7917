/**
 * Reads a snapshot: one line of checksum and JSON, compressed or not.
 *
 * Anything but an object of this format is damage, whatever its checksum: it is kept as a copy, and only the log is trusted.
 */
import type { StoreSnapshot } from '../../../availability/persistence/store.ts'
import { StoreError } from '../../../availability/persistence/store-error.ts'
import { isRecord } from '../../../core/options.ts'
import { linesIn, unpacked, valueIn } from './line.ts'

const format = 'holdfast.availability.store'

/** Undefined if it is damaged. @throws StoreError if it has another version. */
export function readSnapshot(path: string, bytes: Uint8Array): StoreSnapshot | undefined {
  const text = unpacked(bytes)
  const [first] = linesIn(text)
  const value = first?.end === text.length ? valueIn(first.line) : undefined
  if (!isRecord(value) || value['format'] !== format || typeof value['version'] !== 'number') return undefined
  const { version, seq } = value
  if (version !== 1) {
    throw new StoreError(`fileStore: ${path} has version ${version}; only version 1 can be read`, 'HF_STORE_VERSION', {
      path,
    })
  }
  return Number.isSafeInteger(seq) && (seq as number) >= 0 ? (value as unknown as StoreSnapshot) : undefined
}
