/** Snapshots of a tracker, and how a tracker goes on from one. */
import { show } from '../../core/options.ts'
import { type AnyTracker, stateOf } from '../state/tracked.ts'
import { restore as restoreInto, snapshotOf } from './restore.ts'
import { type AvailabilitySnapshot, snapshotCheck } from './snapshot.ts'

/** All that a tracker knows, as plain JSON. */
export function snapshot(tracker: AnyTracker): AvailabilitySnapshot {
  const state = stateOf('snapshot', tracker)
  state.settle()
  return snapshotOf(state)
}

/**
 * Goes on from a snapshot. Call it before anything is watched or recorded.
 *
 * @throws TypeError if it is not a snapshot, or something was recorded already.
 */
export function restore(tracker: AnyTracker, given: AvailabilitySnapshot): void {
  const state = stateOf('restore', tracker)
  const checked = snapshotCheck(given, (expected) => {
    throw new TypeError(`restore: snapshot must be ${expected}, got ${show(given)}`)
  })
  if (state.components.size > 0) throw new TypeError('restore: tracker must have no components yet, got one that has')
  state.onStart(() => restoreInto(state, checked))
}
