/** Options of the tracker with all its methods. */

import { type CoreTrackerOptions, trackerChecks } from '../availability/core/options.ts'
import { type PersistOptions, persistChecks } from '../availability/persistence/options.ts'
import { type AvailabilityStore, storeCheck } from '../availability/persistence/store.ts'
import { type AvailabilitySnapshot, snapshotCheck } from '../availability/snapshot/snapshot.ts'
import { optional, resolveOptions } from '../core/options.ts'

export interface AvailabilityTrackerOptions extends CoreTrackerOptions, PersistOptions {
  /** A snapshot to go on from. */
  readonly restore?: AvailabilitySnapshot
  /** Keeps the history, so that it survives restarts. Not together with `restore`. */
  readonly store?: AvailabilityStore
}

export function resolveTrackerOptions(given: unknown) {
  const options = resolveOptions('availabilityTracker', given, {
    ...trackerChecks,
    restore: optional(snapshotCheck, undefined),
    store: optional(storeCheck, undefined),
    ...persistChecks,
  })
  if (options.store !== undefined && options.restore !== undefined) {
    throw new TypeError('availabilityTracker: restore must be left out where there is a store, got an object')
  }
  return options
}
