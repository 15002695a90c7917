/** Where a tracker keeps its history: a file, or whatever you make of this interface. */
import { type Check, isRecord } from '../../core/options.ts'
import type { AvailabilitySnapshot } from '../snapshot/snapshot.ts'
import type { StoreRecord } from './records.ts'

/** All that was known after the record `seq`; plain JSON. */
export interface StoreSnapshot {
  readonly format: 'holdfast.availability.store'
  readonly version: 1
  /** The last record it covers: those up to it need not be kept any longer. */
  readonly seq: number
  readonly history: AvailabilitySnapshot
  /** The logs that policies and probes were still writing: component, index in its `logs`, number of the source. */
  readonly sources: readonly (readonly [component: string, log: number, source: number])[]
  /** The logs of before a restart that still held. */
  readonly carried: readonly (readonly [component: string, log: number])[]
}

/** What a store has. */
export interface StoredHistory {
  readonly snapshot?: StoreSnapshot | undefined
  /** In the order of `seq`; those the snapshot covers do no harm. A number that is missing is a record that was lost. */
  readonly records: readonly StoreRecord[]
  /** The last number given, where records after the last one here were lost. Default: that of the last one here. */
  readonly seq?: number | undefined
  /** Damage that was found and passed over; each is emitted as a `fault`. */
  readonly faults?: readonly unknown[]
}

/**
 * Keeps what a tracker hands over. One method is called at a time, the next after the one before has settled, and one that
 * throws or rejects is called again later with the same. Whatever it does, or does not do, no call of a policy waits for it.
 */
export interface AvailabilityStore {
  /** First of all. Nothing yet: undefined, or no records. */
  load(): StoredHistory | undefined | PromiseLike<StoredHistory | undefined>
  /**
   * Keeps all of these, in this order, or throws. An error of the code `ENOSPC` or `EDQUOT` is followed by a snapshot at once,
   * which may need less room; after a `StoreError` that says what was `lost`, nothing counts as kept before the next one.
   */
  append(records: readonly StoreRecord[]): void | PromiseLike<void>
  /** Keeps this in place of the records it covers. */
  snapshot(snapshot: StoreSnapshot): void | PromiseLike<void>
  /** Makes all that was appended durable; for stores where `append` does not. */
  sync?(): void | PromiseLike<void>
  /** Last of all. */
  close(): void | PromiseLike<void>
}

/** How the store of a tracker does. */
export interface StoreState {
  /** The history of before is in. */
  readonly loaded: boolean
  /** Records that wait for the store. */
  readonly pending: number
  /** Records it has taken, since the tracker began. */
  readonly written: number
  /** Records for which there was no room to wait. The next snapshot makes up for them, and this is 0 again. */
  readonly lost: number
  /** When it last took something, by the wall clock. */
  readonly lastWrittenAt: number | null
  /** Its latest answer was an error, or does not come. */
  readonly failing: boolean
}

const methods = ['load', 'append', 'snapshot', 'close'] as const

export const storeCheck: Check<AvailabilityStore> = (value, fail) =>
  isRecord(value) && methods.every((name) => typeof value[name] === 'function')
    ? (value as unknown as AvailabilityStore)
    : fail('a store: an object with load, append, snapshot and close')
