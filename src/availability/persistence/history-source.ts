/** The owner of the history, as a writer sees it. */
import type { Clock } from '../../core/clock.ts'
import type { StoredHistory, StoreSnapshot } from './store.ts'

/** What a store had. */
export interface LoadedHistory {
  /** The number of its last record. */
  readonly seq: number
  /** A part of it was lost, so a snapshot is due. */
  readonly lossy: boolean
}

export interface HistorySource {
  readonly clock: Clock
  /** Takes in what the store had. */
  arrived(stored: StoredHistory | undefined): LoadedHistory
  /** All that is known now, up to the record numbered `seq`. */
  snapshot(seq: number): StoreSnapshot
  /** Says what the passing of time has changed, before a snapshot. */
  settle(): void
  fault(error: unknown): void
}
