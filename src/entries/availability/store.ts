/** `holdfast/availability/store`: keeps the history of a tracker. */
export type { PersistOptions } from '../../availability/persistence/options.ts'
export { type Persisting, persist } from '../../availability/persistence/persist.ts'
export type { StoreRecord } from '../../availability/persistence/records.ts'
export type { AvailabilityStore, StoredHistory, StoreSnapshot } from '../../availability/persistence/store.ts'
export { type LostRecords, StoreError } from '../../availability/persistence/store-error.ts'
