/**
 * Reads a snapshot: one line, sum and JSON, as it is or compressed.
 *
 * What is no object of this format is damage, whatever its sum says: it is kept aside, and the log alone is believed.
 */
import type { StoreSnapshot } from '../../../availability/persistence/store.ts'
import { StoreError } from '../../../availability/persistence/store-error.ts'
import { isRecord } from '../../../core/options.ts'
import { linesIn, unpacked, valueIn } from './line.ts'

const format = 'holdfast.availability.store'

/** Undefined where it is damaged. @throws StoreError where it is of another version. */
export function readSnapshot(path: string, bytes: Uint8Array): StoreSnapshot | undefined {
  const text = unpacked(bytes)
  const [first] = linesIn(text)
  const value = first?.end === text.length ? valueIn(first.line) : undefined
  if (!isRecord(value) || value['format'] !== format || typeof value['version'] !== 'number') return undefined
  const { version, seq } = value
  if (version !== 1) {
    throw new StoreError(`fileStore: ${path} is of version ${version}, and only 1 can be read`, 'HF_STORE_VERSION', {
      path,
    })
  }
  return Number.isSafeInteger(seq) && (seq as number) >= 0 ? (value as unknown as StoreSnapshot) : undefined
}
