/** Keeps the history of a tracker in a store. */
import { resolveOptions, show } from '../../core/options.ts'
import { type AnyTracker, stateOf } from '../state/tracked.ts'
import type { TrackerState } from '../state/tracker-state.ts'
import { Journal, type JournalOptions } from './journal.ts'
import { type PersistOptions, persistChecks } from './options.ts'
import { type AvailabilityStore, type StoreState, storeCheck } from './store.ts'

/** The store of a tracker at work. */
export interface Persisting {
  /** How the store does. */
  readonly state: StoreState
  /**
   * Resolves when the history of the store is loaded. Rejects if the store could not be read; it is tried again, and recording
   * goes on.
   */
  ready(): Promise<void>
  /** Resolves when the store has all that was recorded so far. Rejects if that failed; it is tried again. */
  flush(): Promise<void>
  /** Resolves when, after `tracker.close()`, the store is closed, too. */
  readonly closed: Promise<void>
}

/**
 * Loads the history of a tracker from a store, and keeps it there from now on. Call it before anything is watched or recorded.
 *
 * @throws TypeError where an option is wrong, the tracker has a store, or something was recorded already.
 */
export function persist(tracker: AnyTracker, store: AvailabilityStore, options?: PersistOptions): Persisting {
  const state = stateOf('persist', tracker)
  const checked = storeCheck(store, (expected) => {
    throw new TypeError(`persist: store must be ${expected}, got ${show(store)}`)
  })
  const resolved = resolveOptions('persist', options, persistChecks)
  if (state.sink !== undefined) throw new TypeError('persist: tracker must have no store yet, got one that has')
  if (state.components.size > 0) throw new TypeError('persist: tracker must have no components yet, got one that has')
  const journal = attach(state, checked, resolved)
  return {
    get state() {
      return journal.state
    },
    ready: () => journal.loaded(),
    flush: () => journal.flush(),
    get closed() {
      return journal.closed()
    },
  }
}

/** Records all that is recorded from now on; begins once the tracker has a clock. */
export function attach(tracker: TrackerState, store: AvailabilityStore, options: JournalOptions): Journal {
  const journal = new Journal(tracker, store, options)
  tracker.sink = journal
  tracker.onStart(() => journal.begin())
  return journal
}
